import {
  Box,
  Boxes,
  CircleDollarSign,
  CircleUser,
  Database,
  FileQuestion,
  LayoutTemplate,
  MapPin,
  MessageSquareQuote,
  Network,
  Plug,
  Server,
  Sparkles,
  SquareStack,
  Users,
  type LucideIcon,
} from "lucide-react";

const icons: Readonly<Record<string, LucideIcon>> = {
  api: Plug,
  budget: CircleDollarSign,
  component: Box,
  domain: Boxes,
  group: Users,
  location: MapPin,
  model: Sparkles,
  prompt: MessageSquareQuote,
  provider: Server,
  resource: SquareStack,
  route: Network,
  system: Boxes,
  template: LayoutTemplate,
  user: CircleUser,
  vectorstore: Database,
};

export function iconOfKind(kind: string): LucideIcon {
  return icons[kind.toLowerCase()] ?? FileQuestion;
}

const names: Readonly<Record<string, string>> = { api: "API", vectorstore: "Vector store" };

/** `vectorstore` → `Vector store`. */
export function nameOfKind(kind: string): string {
  const lower = kind.toLowerCase();
  return names[lower] ?? `${lower.slice(0, 1).toUpperCase()}${lower.slice(1)}`;
}
