/** Edits members of a JSON object's text without touching a byte of the others. The text must be valid JSON with an
 *  object on top (the caller has parsed it): the scan only counts brackets and skips strings. */
type Member = {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
};

/** Every member of that name gets the value, as parsers differ in which of two they take; none is there: it is put first. */
export function setMember(text: string, key: string, valueJson: string): string {
  const found = listMembers(text).filter((member) => member.key === key);
  if (found.length === 0) {
    const brace = text.indexOf("{");
    const isEmpty = /^\s*\}/.test(text.slice(brace + 1));
    const added = `${JSON.stringify(key)}:${valueJson}${isEmpty ? "" : ","}`;
    return text.slice(0, brace + 1) + added + text.slice(brace + 1);
  }
  let out = "";
  let at = 0;
  for (const member of found) {
    out += text.slice(at, member.valueStart) + valueJson;
    at = member.end;
  }
  return out + text.slice(at);
}

export function removeMember(text: string, key: string): string {
  let out = text;
  for (;;) {
    const members = listMembers(out);
    const index = members.findIndex((member) => member.key === key);
    const member = members[index];
    if (!member) return out;
    const next = members[index + 1];
    const before = members[index - 1];
    // Takes one comma along: the one behind, or of the last member the one before.
    if (next) out = out.slice(0, member.start) + out.slice(next.start);
    else out = out.slice(0, before?.end ?? member.start) + out.slice(member.end);
  }
}

function listMembers(text: string): Member[] {
  const members: Member[] = [];
  let at = text.indexOf("{") + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] === ",") at = skipSpace(text, at + 1);
    if (at >= text.length || text[at] === "}") return members;
    const start = at;
    const keyEnd = skipString(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, valueStart);
    // Keys may be written with escapes: "model" is a model too.
    members.push({ key: String(JSON.parse(text.slice(start, keyEnd))), start, valueStart, end });
    at = end;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

/** `from` is at the opening quote; returns the place behind the closing one. */
function skipString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return skipString(text, from);
  if (first === "{" || first === "[") return skipContainer(text, from);
  // A bare number or word ends before what follows it; its trailing space belongs to nobody.
  let at = from;
  while (at < text.length && text[at] !== "," && text[at] !== "}") at++;
  return trimEnd(text, at);
}

function skipContainer(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    at = char === '"' ? skipString(text, at) : at + 1;
    if (depth === 0) return at;
  }
  return at;
}

function trimEnd(text: string, end: number): number {
  let at = end;
  while (text.charCodeAt(at - 1) <= 32) at--;
  return at;
}
