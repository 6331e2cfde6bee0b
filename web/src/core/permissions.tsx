/** Shows an action to those who may take it. */
import { Tooltip } from "@mantine/core";
import { cloneElement, isValidElement, type ReactElement, type ReactNode } from "react";
import { useMe } from "./session";

interface CanProps {
  /** Such as "job.submit". */
  action: string;
  /** Why it is not possible now, though the person has the right; disables the child. */
  why?: string;
  /** For those without the right; hidden unless told otherwise. */
  mode?: "hide" | "disable";
  children: ReactNode;
}

export function Can({ action, why, mode = "hide", children }: CanProps): ReactNode {
  const me = useMe();
  const may = me.can(action);
  if (!may && mode === "hide") return null;
  if (may && !why) return children;
  return <Disabled why={why}>{children}</Disabled>;
}

/** A control that cannot be used, and why: it stays reachable by keyboard so that the reason can be read. */
export function Disabled({ why, children }: { why?: string; children: ReactNode }): ReactNode {
  if (!isValidElement(children)) return children;
  const control = children as ReactElement<Record<string, unknown>>;
  const stopped = cloneElement(control, {
    "aria-disabled": true,
    "data-disabled": true,
    onClick: (event: { preventDefault(): void }) => event.preventDefault(),
  });
  return why ? (
    <Tooltip label={why} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      {stopped}
    </Tooltip>
  ) : (
    stopped
  );
}
