/** Contrast ratio of two `#rrggbb` colours as WCAG 2 defines it. */
export function contrastRatio(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export type ThemeRoles = ReadonlyMap<string, { readonly light: string; readonly dark: string }>;

/** The colour roles of the theme's CSS: `--name: light-dark(#rrggbb, #rrggbb)`. */
export function readRoles(css: string): ThemeRoles {
  const found = css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return new Map([...found].map(([, role = "", light = "", dark = ""]) => [role, { light, dark }]));
}
