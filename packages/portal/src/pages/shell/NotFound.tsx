import { Compass } from "lucide-react";
import { paths } from "../../paths.ts";
import { ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { PageHeader } from "../../ui/Page.tsx";

/** A whole page that does not exist. */
export function NotFoundPage() {
  return (
    <>
      <PageHeader title="Not found" />
      <NotFound />
    </>
  );
}

export function NotFound() {
  return (
    <Empty
      icon={Compass}
      title="No page has this address"
      action={<ButtonLink href={paths.home()}>Go home</ButtonLink>}
    >
      It may have been mistyped, or belong to an older version of the portal. Search finds what
      exists.
    </Empty>
  );
}
