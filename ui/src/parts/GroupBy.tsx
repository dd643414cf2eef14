// By which facts and attributes a screen divides what it shows.
import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { attributeKeys, facts } from "../api/queries";
import { inQuotes } from "./complete";
import { groupable } from "./groupable";

type Props = { project: string; value: string[]; onChange: (names: string[]) => void };

export function GroupBy({ project, value, onChange }: Props) {
  const known = useQuery(facts).data?.facts ?? [];
  const keys = useQuery(attributeKeys(project)).data?.keys ?? [];
  const names = groupable(known);
  const attributes = keys.map((key) => `attributes[${inQuotes(key)}]`);
  const others = value.filter((name) => !names.includes(name) && !attributes.includes(name));
  return (
    <MultiSelect
      size="xs"
      className="groupby"
      aria-label="Group by"
      leftSection="by"
      searchable
      hidePickedOptions
      maxValues={3}
      maxDropdownHeight={320}
      comboboxProps={{ width: 280, position: "bottom-end" }}
      data={[
        { group: "Facts", items: [...others, ...names] },
        { group: "Attributes", items: attributes },
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
