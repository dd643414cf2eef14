// What the screens about trying things out stand in: their tabs, and the states of a question.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { useAsked } from "../../parts/useAsked";

const TABS = [
  { to: "/datasets", title: "Datasets" },
  { to: "/experiments", title: "Experiments" },
  { to: "/live-tests", title: "Live comparisons" },
] as const;

type Props = { tab: (typeof TABS)[number]["to"]; title?: string; controls?: ReactNode; children: ReactNode };

export function Place({ tab, title, controls, children }: Props) {
  const { project, navigate } = useAsked();
  const name = TABS.find((one) => one.to === tab)?.title ?? "";
  useTitle(title ? `${title} · ${name}` : name);
  useKeys(Object.fromEntries(TABS.map(({ to }, index) => [String(index + 1), () => navigate({ to, search: { project } })])));
  return (
    <>
      <div className="subbar">
        <nav className="tabs" aria-label="Datasets and experiments">
          {TABS.map(({ to, title: label }, index) => (
            <Link
              key={to}
              to={to}
              search={{ project }}
              activeOptions={{ includeSearch: false }}
              className="tab"
              data-status={to === tab ? "active" : undefined}
              title={`Press ${index + 1}`}
            >
              {label}
            </Link>
          ))}
        </nav>
        <span className="grow" />
        {controls}
      </div>
      <div className="answer">{children}</div>
    </>
  );
}
