// What every screen stands in: the bar with the screens, the project and the colour scheme.
import { ActionIcon, Kbd, Modal, Select, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconMoon, IconSun } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { projects } from "../api/queries";
import { useKeys } from "../kit/useKeys";

const KEYS: [string, string][] = [
  ["/", "filter"],
  ["1 … 7", "the tabs of a screen, from left to right"],
  ["j  k", "next, previous"],
  ["Enter", "open"],
  ["Esc", "back to the list"],
  ["← →", "fold, unfold a span"],
  ["p", "play a trace in time order"],
  ["n  b", "next, previous moment of it"],
  ["h", "show HTTP client spans"],
  ["c", "show what spans cost"],
  ["p  f  1 2 …", "Review: pass, fail, or the how many-eth verdict"],
  ["s  u  e", "Review: skip, undo, say why"],
  ["l", "live on, off"],
  ["t", "light, dark"],
  ["d", "Traces: add to a dataset"],
  ["a  e", "Datasets: add, change"],
  ["c  s", "Experiments: compare two, swap them"],
  ["?", "this help"],
];

export function Shell() {
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const [help, setHelp] = useState(false);
  const search = useSearch({ strict: false }) as { project?: string };
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const dark = colorScheme === "dark" || (colorScheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  const flip = () => setColorScheme(dark ? "light" : "dark");
  useKeys({ t: flip, "?": () => setHelp(true) });
  const project = search.project ?? "default";
  const names = useQuery(projects).data?.projects.map((p) => p.name) ?? [];
  return (
    <div className="shell">
      <header className="topbar">
        <Link to="/traces" search={{ project }} className="brand">
          <img src="/favicon.svg" width={20} height={20} alt="" />
          Sightline
        </Link>
        <nav className="tabs" aria-label="Screens">
          <Link to="/traces" search={{ project }} activeOptions={{ includeSearch: false }} className="tab">
            Traces
          </Link>
          <Link
            to="/economics/$tab"
            params={{ tab: "spend" }}
            search={{ project }}
            className="tab"
            data-status={pathname.startsWith("/economics") ? "active" : undefined}
          >
            Economics
          </Link>
          <Link
            to="/latency/$tab"
            params={{ tab: "percentiles" }}
            search={{ project }}
            className="tab"
            data-status={pathname.startsWith("/latency") ? "active" : undefined}
          >
            Latency
          </Link>
          <Link
            to="/reliability/$tab"
            params={{ tab: "errors" }}
            search={{ project }}
            className="tab"
            data-status={pathname.startsWith("/reliability") ? "active" : undefined}
          >
            Reliability
          </Link>
          <Link
            to="/quality/$tab"
            params={{ tab: "trend" }}
            search={{ project }}
            className="tab"
            data-status={pathname.startsWith("/quality") ? "active" : undefined}
          >
            Quality
          </Link>
          <Link
            to="/review"
            search={{ project }}
            className="tab"
            data-status={pathname.startsWith("/review") ? "active" : undefined}
          >
            Review
          </Link>
          <Link
            to="/datasets"
            search={{ project }}
            className="tab"
            data-status={/^\/(datasets|experiments|live-tests)/.test(pathname) ? "active" : undefined}
          >
            Datasets
          </Link>
          <Link to="/ledger" search={{ project }} activeOptions={{ includeSearch: false }} className="tab">
            Ledger
          </Link>
        </nav>
        <span className="grow" />
        <Select
          size="xs"
          w={180}
          aria-label="Project"
          searchable
          data={[...new Set([project, ...names])]}
          value={project}
          onChange={(name) => name && navigate({ to: "/traces", search: { project: name } })}
          comboboxProps={{ width: 240 }}
        />
        <ActionIcon variant="subtle" color="gray" onClick={() => setHelp(true)} aria-label="Keyboard shortcuts">
          <IconKeyboard size={17} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" onClick={flip} aria-label={dark ? "Light colours" : "Dark colours"}>
          {dark ? <IconSun size={17} /> : <IconMoon size={17} />}
        </ActionIcon>
      </header>
      <main className="screen">
        <Outlet />
      </main>
      <Modal opened={help} onClose={() => setHelp(false)} title="Keyboard" size="sm">
        <dl className="facts">
          {KEYS.map(([key, what]) => (
            <div key={key} style={{ display: "contents" }}>
              <dt>
                <Kbd>{key}</Kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </div>
  );
}
