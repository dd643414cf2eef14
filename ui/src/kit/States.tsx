// Loading, empty and failed: designed once, used by every screen.
import { Button, Loader } from "@mantine/core";
import type { ReactNode } from "react";

export function Loading({ what }: { what: string }) {
  return (
    <div className="state" role="status">
      <Loader size="sm" color="var(--accent)" />
      <span>Loading {what}…</span>
    </div>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div className="state" role="alert">
      <h2>That did not work</h2>
      <span>{error.message}</span>
      {retry && (
        <Button size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
