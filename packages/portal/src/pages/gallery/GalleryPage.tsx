import { Boxes, Play, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Badge, Kbd, type Tone } from "../../ui/Badge.tsx";
import { Button, IconButton, type ButtonLook } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Combobox } from "../../ui/Combobox.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Diff } from "../../ui/Diff.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Checkbox, describeField, Field, TextArea, TextInput } from "../../ui/Field.tsx";
import { FileTree } from "../../ui/FileTree.tsx";
import { Link } from "../../ui/Link.tsx";
import { Log } from "../../ui/Log.tsx";
import { Menu } from "../../ui/Menu.tsx";
import { Meter } from "../../ui/Meter.tsx";
import { Bytes, Count, Money } from "../../ui/Money.tsx";
import { PageHeader, Section } from "../../ui/Page.tsx";
import { Ref } from "../../ui/Ref.tsx";
import { Select } from "../../ui/Select.tsx";
import { SkeletonLines } from "../../ui/Skeleton.tsx";
import { Sparkline } from "../../ui/Sparkline.tsx";
import { Status, statusWords, type StatusKind } from "../../ui/Status.tsx";
import { Progress, Steps } from "../../ui/Steps.tsx";
import { Segments } from "../../ui/Tabs.tsx";
import { DurationText, Time, Unknown } from "../../ui/Time.tsx";
import { useToast } from "../../ui/Toast.tsx";
import { Tooltip } from "../../ui/Tooltip.tsx";
import { GalleryChart, GalleryTable } from "./GalleryData.tsx";
import * as samples from "./samples.ts";

/** Every component in each of its states; development only. */
export function GalleryPage() {
  return (
    <>
      <PageHeader
        title="Components"
        facts="Each in each of its states, in the theme of this page."
      />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Controls />
        <Words />
        <Forms />
        <Numbers />
        <Floating />
        <Progressing />
        <GalleryTable />
        <GalleryChart />
        <Section title="Log" isFlush>
          <Log label="Sample log" lines={samples.logLines} empty="Nothing." className="h-60" />
        </Section>
        <Section title="Empty, loading, refused">
          <div className="flex flex-col gap-4">
            <Empty icon={Boxes} title="Nothing here yet" command="npx causeway apply -f file.yaml">
              What would be here, and why it is worth having.
            </Empty>
            <SkeletonLines />
            <ErrorState problem={samples.problem} onRetry={() => undefined} />
          </div>
        </Section>
        <Section title="Text of files">
          <div className="flex flex-col gap-3">
            <Code text={samples.file} label="A file" />
            <Diff text={samples.diff} label="A change" />
            <FileTree files={samples.files} />
          </div>
        </Section>
      </div>
    </>
  );
}

function Row({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-3 py-1.5">{children}</div>;
}

const looks: readonly ButtonLook[] = ["primary", "secondary", "quiet", "danger"];

function Controls() {
  const [view, setView] = useState<"chart" | "table">("chart");
  return (
    <Section title="Buttons and links">
      {(["medium", "small"] as const).map((size) => (
        <Row key={size}>
          {looks.map((look) => (
            <Button key={look} look={look} size={size} icon={Play}>
              {look}
            </Button>
          ))}
        </Row>
      ))}
      <Row>
        <Button look="primary" disabled>
          disabled
        </Button>
        <Button look="primary" isBusy>
          busy
        </Button>
        <IconButton icon={Trash2} label="Delete" />
        <Segments
          label="View"
          current={view}
          onChange={setView}
          segments={[
            { id: "chart", label: "Chart" },
            { id: "table", label: "Table" },
          ]}
        />
      </Row>
      <Row>
        <Link href="/ui">Text link</Link>
        <Link href="/ui" look="quiet">
          Quiet link
        </Link>
        <Link href="https://example.com">Elsewhere</Link>
        <Kbd>⌘</Kbd>
        <Kbd>K</Kbd>
      </Row>
    </Section>
  );
}

const kinds = Object.keys(statusWords) as StatusKind[]; // Keys of a closed record.
const tones: readonly Tone[] = ["plain", "accent", "good", "warn", "bad", "info", "unknown"];

function Words() {
  return (
    <Section title="States and badges">
      <Row>
        {kinds.map((kind) => (
          <Status key={kind} kind={kind} />
        ))}
      </Row>
      <Row>
        {tones.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
      </Row>
      <Row>
        <Ref value="component:default/docs-bot" href="/catalog/component/default/docs-bot" />
        <Ref value="repos/docs-bot.git" />
      </Row>
    </Section>
  );
}

function Forms() {
  const [value, setValue] = useState<string>();
  const [query, setQuery] = useState("");
  return (
    <Section title="Fields">
      <div className="flex flex-col gap-4">
        <Field id="g-name" label="Name" isRequired help="Part of the address.">
          <TextInput id="g-name" placeholder="handbook" {...describeField("g-name")} />
        </Field>
        <Field id="g-bad" label="Name" isRequired errors={["is taken by another service"]}>
          <TextInput id="g-bad" defaultValue="docs-bot" {...describeField("g-bad", ["taken"])} />
        </Field>
        <Field id="g-owner" label="Owner" isRequired>
          <Combobox
            id="g-owner"
            value={value}
            onChange={setValue}
            query={query}
            onQueryChange={setQuery}
            placeholder="Choose or type to search"
            options={samples.groups.filter((group) => group.label.includes(query))}
          />
        </Field>
        <Field id="g-window" label="Window">
          <Select
            id="g-window"
            options={[
              { value: "day", label: "per day" },
              { value: "month", label: "per month" },
            ]}
          />
        </Field>
        <Field id="g-text" label="Reason">
          <TextArea id="g-text" disabled defaultValue="Not to be changed now" />
        </Field>
        <Checkbox label="Callers need not sign in" defaultChecked />
      </div>
    </Section>
  );
}

function Numbers() {
  return (
    <Section title="Numbers, times, meters">
      <Row>
        <Money microUsd={12_500_000} per="month" />
        <Money microUsd={241} kind="notional" />
        <Money microUsd={null} />
        <Bytes value={38_400} />
        <Count value={182_400} />
        <DurationText durationMs={4_200} />
        <Unknown why="not measured" />
        <Time at={samples.anHourAgo} />
        <Time at={null} />
        <Sparkline label="Rising with a gap" values={[1, 2, 2, null, 4, 3, 6, 8]} />
      </Row>
      <div className="flex flex-col gap-3 pt-2">
        <Meter label="Calm" value={30} cap={100} pace={0.4} valueText="30 of 100" />
        <Meter
          label="Near"
          value={50}
          hatchedValue={25}
          cap={100}
          pace={0.4}
          valueText="75 of 100"
        />
        <Meter label="Full" value={98} cap={100} pace={0.4} valueText="98 of 100" />
        <Meter label="Notional" value={0} hatchedValue={40} cap={100} valueText="40 of 100" />
      </div>
    </Section>
  );
}

function Floating() {
  const [isOpen, setOpen] = useState(false);
  const toast = useToast();
  return (
    <Section title="What floats">
      <Row>
        <Button onClick={() => setOpen(true)}>Dialog</Button>
        <Dialog
          isOpen={isOpen}
          onOpenChange={setOpen}
          title="Cancel this run"
          description="What happens then stands here."
          footer={<Button look="danger">Cancel run</Button>}
        >
          <p className="text-13">Two steps are done; their changes stay.</p>
        </Dialog>
        <Menu
          trigger={<Button>Menu</Button>}
          items={[
            { kind: "label", id: "l", content: "Theme" },
            { kind: "action", id: "a", label: "Light", isChosen: true, onSelect: () => undefined },
            { kind: "line", id: "x" },
            { kind: "action", id: "b", label: "Shortcuts", hint: "?", onSelect: () => undefined },
          ]}
        />
        <Tooltip text="Said on hover and on focus">
          <Button>Tooltip</Button>
        </Tooltip>
        <Button onClick={() => toast({ kind: "succeeded", title: "docs-bot restarts" })}>
          Toast
        </Button>
        <Button onClick={() => toast({ kind: "failed", title: "Conflict", detail: "It moved." })}>
          Failed toast
        </Button>
      </Row>
    </Section>
  );
}

function Progressing() {
  const [chosen, setChosen] = useState<string>();
  return (
    <Section title="Steps">
      <Steps
        label="Sample steps"
        chosen={chosen}
        onChoose={setChosen}
        steps={kinds.map((kind) => ({
          id: kind,
          title: statusWords[kind],
          state: kind,
          aside: "1.2 s",
          detail:
            kind === "running" ? (
              <Progress label="Sample progress" done={9} total={17} unit="files" />
            ) : undefined,
        }))}
      />
    </Section>
  );
}
