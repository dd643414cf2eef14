// One dataset: its items as a version has them, where they came from, and the ways to change it.
import { ActionIcon, Button, FileButton, Menu, Modal, NativeSelect, Textarea } from "@mantine/core";
import { IconArrowLeft, IconDownload, IconPlus, IconTrash, IconUpload } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { address } from "../../api/client";
import {
  type Dataset,
  type DatasetVersion,
  dataset as datasetQuery,
  deleteDataset,
  type Item,
  importFile,
  items as itemsQuery,
  putItems,
  versions as versionsQuery,
} from "../../api/datasets";
import { experiments as experimentsQuery } from "../../api/experiments";
import { Clipped } from "../../kit/Clipped";
import { Copy } from "../../kit/Copy";
import { DataTable } from "../../kit/DataTable";
import { Empty, Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { clock, count, text } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { ExperimentTable } from "../experiments/ExperimentTable";
import { Place } from "./Place";
import { changesOf, originOf } from "./words";

const route = getRouteApi("/datasets/$id");

export function DatasetScreen() {
  const { id } = route.useParams();
  const { project } = useAsked();
  const found = useQuery(datasetQuery(project, id));
  if (found.isError)
    return (
      <Place tab="/datasets">
        <Failed error={found.error} retry={() => found.refetch()} />
      </Place>
    );
  if (!found.data)
    return (
      <Place tab="/datasets">
        <Loading what="the dataset" />
      </Place>
    );
  return <Shown dataset={found.data} />;
}

function Shown({ dataset }: { dataset: Dataset }) {
  const { version, item } = route.useSearch();
  const { project, navigate } = useAsked();
  const known = useQueryClient();
  const pages = useInfiniteQuery(itemsQuery(project, dataset.id, version));
  const history = useQuery(versionsQuery(project, dataset.id)).data?.versions ?? [];
  const runs = useQuery(experimentsQuery(project, dataset.id)).data?.experiments ?? [];
  const [edited, setEdited] = useState<"new" | Item | null>(null);
  const [said, setSaid] = useState<{ tone: "good" | "bad"; text: string } | null>(null);
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const opened = rows.find((row) => row.id === item);
  const change = (next: { version?: number | undefined; item?: string | undefined }) =>
    navigate({
      to: "/datasets/$id",
      params: { id: dataset.id },
      search: { project, version, item, ...next } as never,
      replace: true,
    });
  const back = () => navigate({ to: "/datasets", search: { project } });
  const tell = async (work: Promise<{ version: DatasetVersion | null; items: number }>) => {
    try {
      const { version: made } = await work;
      setSaid({
        tone: "good",
        text: made ? `Version ${made.version}: ${changesOf(made)}.` : "Nothing new: it is all there already.",
      });
      await known.invalidateQueries({ queryKey: ["/datasets", project] });
      change({ version: undefined });
    } catch (error) {
      setSaid({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
    }
  };
  useKeys({
    a: () => setEdited("new"),
    e: () => opened && setEdited(opened),
    Escape: () => (opened ? change({ item: undefined }) : back()),
  });
  const latest = dataset.latest;
  const isOld = version !== undefined && version !== latest?.version;
  return (
    <Place
      tab="/datasets"
      title={dataset.name}
      controls={
        <>
          {history.length > 0 && (
            <NativeSelect
              size="xs"
              aria-label="Version"
              value={String(version ?? latest?.version ?? "")}
              data={history.map((one) => ({
                value: String(one.version),
                label: `v${one.version}${one.version === latest?.version ? ", the latest" : `, ${clock(one.created)}`}`,
              }))}
              onChange={(e) => {
                const chosen = Number(e.currentTarget.value);
                change({ version: chosen === latest?.version ? undefined : chosen, item: undefined });
              }}
            />
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            title="Press a"
            onClick={() => setEdited("new")}
          >
            Add an item
          </Button>
          <FileButton accept=".jsonl,.json,.csv,.ndjson" onChange={(file) => file && tell(importFile(project, dataset.id, file))}>
            {(props) => (
              <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={14} />}>
                Import
              </Button>
            )}
          </FileButton>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} disabled={!latest}>
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(["jsonl", "csv", "parquet"] as const).map((format) => (
                <Menu.Item
                  key={format}
                  component="a"
                  href={address(`/datasets/${encodeURIComponent(dataset.id)}/export`, { project, format, version })}
                  download
                >
                  {format === "jsonl" ? "JSON, a line each" : format === "csv" ? "CSV" : "Parquet"}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Deleting dataset={dataset} onDone={back} />
        </>
      }
    >
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited === "new" ? "A new item" : "Change the item"}
        size="lg"
      >
        {edited !== null && (
          <ItemForm
            item={edited === "new" ? null : edited}
            onSave={async (draft) => {
              setEdited(null);
              await tell(putItems(project, dataset.id, [draft]));
            }}
          />
        )}
      </Modal>
      <header className="titled">
        <ActionIcon variant="subtle" color="gray" onClick={back} aria-label="Back to the datasets">
          <IconArrowLeft size={17} />
        </ActionIcon>
        <h1>{dataset.name}</h1>
        {latest && (
          <span className="muted">
            {count(latest.items)} items, version {latest.version}, {clock(latest.created)}
            {latest.author && ` by ${latest.author}`}
          </span>
        )}
        <Copy value={dataset.id} what="dataset id" />
      </header>
      {dataset.description && <p className="muted">{dataset.description}</p>}
      {said && (
        <p className={said.tone === "bad" ? "note warned" : "note"} role={said.tone === "bad" ? "alert" : "status"}>
          {said.text}
        </p>
      )}
      {isOld && (
        <p className="note">
          This is version {version}.{" "}
          <button type="button" className="link" onClick={() => change({ version: undefined })}>
            Go to the latest
          </button>
        </p>
      )}
      {!latest ? (
        <Empty title="No item yet">
          <span>
            Add one here, import a file (JSON lines or CSV with a column <code>input</code>), or add requests: open one, or filter
            the list of{" "}
            <Link to="/traces" search={{ project }}>
              traces
            </Link>
            , and choose “Add to dataset”.
          </span>
        </Empty>
      ) : (
        <div className="beside-table">
          <section>
            {pages.isError ? (
              <Failed error={pages.error} retry={() => pages.refetch()} />
            ) : (
              <DataTable
                label="Items"
                keys
                rows={rows}
                keyOf={(row) => row.id}
                open={item ?? null}
                onOpen={(row) => change({ item: row.id === item ? undefined : row.id })}
                columns={[
                  { id: "n", title: "#", numeric: true, cell: (row) => row.position },
                  {
                    id: "input",
                    title: "Input",
                    wide: true,
                    cell: (row: Item) => <span className="lines">{text(row.input)}</span>,
                  },
                  {
                    id: "expected",
                    title: "Expected",
                    wide: true,
                    cell: (row) =>
                      row.expected === null ? (
                        <span className="muted">–</span>
                      ) : (
                        <span className="lines">{text(row.expected)}</span>
                      ),
                  },
                  {
                    id: "context",
                    title: "Context",
                    cell: (row) => (Array.isArray(row.context) ? `${row.context.length} parts` : text(row.context).slice(0, 40)),
                  },
                  {
                    id: "trace",
                    title: "From",
                    cell: (row) =>
                      row.trace_id ? (
                        <Link to="/traces/$id" params={{ id: row.trace_id }} search={{ project }} className="mono">
                          {row.trace_id.slice(0, 8)}
                        </Link>
                      ) : (
                        <span className="muted">–</span>
                      ),
                  },
                  { id: "changed", title: "Since", cell: (row) => `v${row.changed}` },
                ]}
              />
            )}
            {pages.hasNextPage && (
              <Button size="xs" variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
                More items
              </Button>
            )}
          </section>
          {opened && (
            <ItemCard
              item={opened}
              onEdit={() => setEdited(opened)}
              onRemove={() => {
                change({ item: undefined });
                tell(putItems(project, dataset.id, [], [opened.id]));
              }}
            />
          )}
        </div>
      )}
      {latest && (
        <section className="scrolled">
          <h2>Experiments over it</h2>
          {runs.length ? (
            <ExperimentTable rows={runs} />
          ) : (
            <p className="note">
              None yet: <code>sightline eval "{dataset.name}" --run module:function --evaluator module:check</code>
            </p>
          )}
        </section>
      )}
      {history.length > 0 && (
        <section className="scrolled">
          <h2>Versions</h2>
          <DataTable
            label="Versions"
            rows={history}
            keyOf={(row) => String(row.version)}
            onOpen={(row) => change({ version: row.version === latest?.version ? undefined : row.version, item: undefined })}
            columns={[
              { id: "version", title: "Version", cell: (row: DatasetVersion) => `v${row.version}` },
              { id: "when", title: "When", cell: (row) => clock(row.created) },
              { id: "who", title: "Who", cell: (row) => row.author || "–" },
              { id: "changes", title: "Changes", cell: (row) => changesOf(row) },
              { id: "items", title: "Items", numeric: true, cell: (row) => count(row.items) },
              { id: "from", title: "Made from", wide: true, cell: (row) => <Origin version={row} project={project} /> },
            ]}
          />
        </section>
      )}
    </Place>
  );
}

function Origin({ version, project }: { version: DatasetVersion; project: string }) {
  const { origin } = version;
  const first = origin.trace_ids?.[0];
  if (origin.how === "filter")
    return (
      <Link
        to="/traces"
        search={{
          project,
          ...(origin.filter && { filter: origin.filter }),
          ...(origin.from ? { from: origin.from } : { range: "all" as const }),
          ...(origin.to && { to: origin.to }),
        }}
      >
        {originOf(version)}
      </Link>
    );
  if (origin.how === "traces" && first)
    return (
      <Link to="/traces/$id" params={{ id: first }} search={{ project }}>
        {originOf(version)}
      </Link>
    );
  return originOf(version);
}

function ItemCard({ item, onEdit, onRemove }: { item: Item; onEdit: () => void; onRemove: () => void }) {
  const { project } = useAsked();
  const parts: [string, unknown][] = [
    ["Input", item.input],
    ["Expected", item.expected],
    ["Context", item.context],
    ["Metadata", Object.keys(item.metadata ?? {}).length ? item.metadata : null],
  ];
  return (
    <aside className="why card" aria-label="Item">
      <header>
        <h2 className="mono cut" title={item.id}>
          {item.id}
        </h2>
        <span className="grow" />
        <Button size="compact-xs" variant="subtle" color="gray" title="Press e" onClick={onEdit}>
          Change
        </Button>
        <Button size="compact-xs" variant="subtle" color="red" onClick={onRemove}>
          Remove
        </Button>
      </header>
      {parts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([label, value]) => (
          <section key={label}>
            <h3>{label}</h3>
            <div className="text preview-text">
              <Clipped>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</Clipped>
            </div>
          </section>
        ))}
      {item.trace_id && (
        <Link to="/traces/$id" params={{ id: item.trace_id }} search={{ project, ...(item.span_id && { span: item.span_id }) }}>
          The request it came from
        </Link>
      )}
    </aside>
  );
}

const FIELDS = ["input", "expected", "context", "metadata"] as const;

function ItemForm({ item, onSave }: { item: Item | null; onSave: (draft: Parameters<typeof putItems>[2][number]) => void }) {
  const said = (value: unknown) =>
    value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState(
    Object.fromEntries(FIELDS.map((name) => [name, said(item?.[name])])) as Record<string, string>,
  );
  const [wrong, setWrong] = useState<string | null>(null);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const metadata = read(draft.metadata ?? "");
    if (metadata !== null && (typeof metadata !== "object" || Array.isArray(metadata))) {
      setWrong("Metadata is a JSON object, or nothing.");
      return;
    }
    onSave({
      ...(item && { id: item.id, trace_id: item.trace_id ?? "", span_id: item.span_id ?? "" }),
      input: read(draft.input ?? ""),
      expected: read(draft.expected ?? ""),
      context: read(draft.context ?? ""),
      metadata: (metadata ?? {}) as Record<string, unknown>,
    });
  };
  return (
    <form className="form" onSubmit={save} noValidate>
      {FIELDS.map((name) => (
        <Textarea
          key={name}
          size="xs"
          label={{ input: "Input", expected: "Expected", context: "Context", metadata: "Metadata" }[name]}
          autosize
          minRows={name === "input" ? 3 : 1}
          maxRows={14}
          {...(name === "input" && { "data-autofocus": true })}
          value={draft[name] ?? ""}
          error={name === "metadata" ? wrong : undefined}
          onChange={(e) => {
            setDraft({ ...draft, [name]: e.currentTarget.value });
            setWrong(null);
          }}
        />
      ))}
      <span className="muted">Text, or JSON where it begins with {"{"} or [.</span>
      <Button size="xs" type="submit" disabled={!draft.input?.trim()}>
        {item ? "Change it" : "Add it"}
      </Button>
    </form>
  );
}

/** JSON where it is meant as such and parses, else the text; nothing is null. */
function read(value: string): unknown {
  if (!value.trim()) return null;
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function Deleting({ dataset, onDone }: { dataset: Dataset; onDone: () => void }) {
  const known = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActionIcon variant="subtle" color="red" aria-label="Delete the dataset" onClick={() => setAsking(true)}>
        <IconTrash size={16} />
      </ActionIcon>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Delete ${dataset.name}?`}>
        <div className="form">
          <span>
            Its {count(dataset.latest?.items ?? 0)} items, all versions and the experiments over it go. The traces stay.
          </span>
          <Button
            size="xs"
            color="red"
            data-autofocus
            onClick={async () => {
              await deleteDataset(dataset.project, dataset.id);
              await known.invalidateQueries({ queryKey: ["/datasets", dataset.project] });
              onDone();
            }}
          >
            Delete it
          </Button>
        </div>
      </Modal>
    </>
  );
}
