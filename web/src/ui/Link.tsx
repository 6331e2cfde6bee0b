/** Goes to a place of the console ("/jobs/…"). */
import type { AnchorHTMLAttributes } from "react";
import { Link as Wouter } from "wouter";

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & { href: string };

export function Link(props: LinkProps) {
  return <Wouter {...props} />;
}
