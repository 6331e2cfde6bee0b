/** A button of the card that leads somewhere, and takes the card along. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "../ui/Link";
import { follow } from "./progress";

interface WayProps {
  href: string;
  variant?: "default";
  children: ReactNode;
}

export function Way({ href, variant, children }: WayProps) {
  return (
    <Button component={Link} href={href} variant={variant} size="compact-sm" onClick={() => follow(href)}>
      {children}
    </Button>
  );
}
