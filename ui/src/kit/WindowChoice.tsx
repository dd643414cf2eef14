// Which window of time: the last so much, or any from here to there.
import { Select } from "@mantine/core";
import { WindowPicker } from "./WindowPicker";
import { RANGES, type Range, type WindowSearch } from "./window";

type Props = { search: WindowSearch; edges: [number, number]; onChoose: (chosen: WindowSearch) => void };

export function WindowChoice({ search, edges, onChoose }: Props) {
  const custom = Boolean(search.from || search.to);
  return (
    <>
      <Select
        size="xs"
        w={130}
        aria-label="Time range"
        data={[
          ...Object.entries(RANGES).map(([value, label]) => ({ value, label })),
          ...(custom ? [{ value: "custom", label: "Selected" }] : []),
        ]}
        value={custom ? "custom" : (search.range ?? "24h")}
        allowDeselect={false}
        onChange={(range) => range !== "custom" && onChoose({ range: range as Range })}
      />
      <WindowPicker edges={edges} onPick={(from, to) => onChoose({ from, to })} />
    </>
  );
}
