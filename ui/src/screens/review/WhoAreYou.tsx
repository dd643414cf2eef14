// The rater's name, and how it is changed.
import { Button, Popover, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

export function NameForm({ rater, onSay }: { rater: string; onSay: (name: string) => void }) {
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("rater") ?? "").trim();
    if (name) onSay(name);
  };
  return (
    <form className="form inline" onSubmit={say}>
      <TextInput
        size="xs"
        name="rater"
        label="Your name"
        placeholder="ann"
        defaultValue={rater}
        maxLength={100}
        required
        data-autofocus
      />
      <Button size="xs" type="submit">
        That's me
      </Button>
    </form>
  );
}

export function WhoAreYou({ rater, onSay }: { rater: string; onSay: (name: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" onClick={() => setOpen(!open)}>
          You are {rater}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <NameForm
          rater={rater}
          onSay={(name) => {
            setOpen(false);
            onSay(name);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
