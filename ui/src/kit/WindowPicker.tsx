// Any window of time, to the minute, in the reader's own time zone.
import { Button, Popover } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";

type Props = { edges: [number, number]; onPick: (from: string, to: string) => void };

export function WindowPicker({ edges, onPick }: Props) {
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState(false);
  const pick = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    const from = new Date(String(said.get("from")));
    const to = new Date(String(said.get("to")));
    setWrong(!(from < to));
    if (!(from < to)) return;
    setOpen(false);
    onPick(from.toISOString(), to.toISOString());
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" px={8} aria-label="Choose a window of time" onClick={() => setOpen(!open)}>
          <IconCalendar size={15} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className="window" onSubmit={pick}>
          <label>
            From
            <input type="datetime-local" name="from" required defaultValue={local(edges[0])} />
          </label>
          <label>
            To
            <input type="datetime-local" name="to" required defaultValue={local(edges[1])} />
          </label>
          {wrong && <span role="alert">“To” must be after “From”.</span>}
          <Button size="xs" type="submit">
            Show this window
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What a datetime-local input takes: local time, to the minute. */
function local(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
