// Delete, asked twice.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

type Props = {
  remove: () => Promise<void>;
  /** the questions whose answers change by it, by the beginning of their keys */
  changes: readonly unknown[];
  onDone?: () => void;
};

export function Deleting({ remove, changes, onDone }: Props) {
  const [sure, setSure] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const known = useQueryClient();
  const go = async () => {
    try {
      await remove();
      // who goes elsewhere asks there: what is still on screen must not ask for what is gone
      await known.invalidateQueries({ queryKey: changes, refetchType: onDone ? "none" : "active" });
      onDone?.();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  if (wrong !== null) return <span role="alert">{wrong}</span>;
  return (
    <Button
      size="compact-xs"
      variant={sure ? "filled" : "subtle"}
      color={sure ? "red" : "gray"}
      onClick={() => (sure ? go() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {sure ? "Delete it?" : "Delete"}
    </Button>
  );
}
