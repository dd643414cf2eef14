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
  ["n", "new judge"],
  ["t", "light, dark"],
  ["d", "Traces: add to a dataset"],
  ["a  e", "Datasets: add, change"],
  ["c  s", "Experiments: compare two, swap them"],
  ["?", "this help"],
];

/** `under`: the paths at which it is where one is. */
const SCREENS = [
  { title: "Traces", to: "/traces", under: ["/traces"] },
  { title: "Economics", to: "/economics", under: ["/economics"] },
  { title: "Latency", to: "/latency", under: ["/latency"] },
  { title: "Reliability", to: "/reliability", under: ["/reliability"] },
  { title: "Quality", to: "/quality", under: ["/quality"] },
  { title: "Judges", to: "/judges", under: ["/judges"] },
  { title: "Review", to: "/review", under: ["/review"] },
  { title: "Datasets", to: "/datasets", under: ["/datasets", "/experiments", "/live-tests"] },
  { title: "Ledger", to: "/ledger", under: ["/ledger"] },
] as const;

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
          {SCREENS.map(({ title, to, under }) => (
            <Link
              key={to}
              to={to}
              search={{ project }}
              className="tab"
              data-status={under.some((path) => pathname.startsWith(path)) ? "active" : undefined}
            >
              {title}
            </Link>
          ))}
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
