// What every tab of Latency stands in, and what is measured.
import { Select } from "@mantine/core";
import { type FrameProps, type Place, Frame as TabFrame } from "../../parts/Frame";
import { useLatency } from "./state";
import { MEASURES, measuredOf, type Of, shared, TABS, type Tab } from "./url";

const PLACE: Place = { name: "Latency", to: "/latency/$tab", tabs: TABS, keep: shared };

type Props<T> = Omit<FrameProps<T>, "controls"> & {
  tab: Tab;
  /** whether rows and measure can be chosen here */
  measured?: boolean;
};

export function Frame<T>({ measured = false, ...props }: Props<T>) {
  return <TabFrame place={PLACE} controls={measured && <Measure />} {...props} />;
}

/** Whole requests or single spans, and which of their times. */
function Measure() {
  const { search, change } = useLatency();
  const { of, measure } = measuredOf(search);
  return (
    <>
      <Select
        size="xs"
        w={116}
        aria-label="Rows"
        data={[
          { value: "requests", label: "Requests" },
          { value: "spans", label: "Spans" },
        ]}
        value={of}
        allowDeselect={false}
        onChange={(value) => change({ of: value === "spans" ? (value as Of) : undefined, by: undefined, sort: undefined })}
      />
      <Select
        size="xs"
        w={190}
        aria-label="Measure"
        data={MEASURES.filter((one) => one.of.includes(of)).map((one) => ({ value: one.id, label: one.title }))}
        value={measure.id}
        allowDeselect={false}
        onChange={(value) => change({ measure: value === "duration_ns" ? undefined : (value ?? undefined) })}
      />
    </>
  );
}
