/** What was acted on, with the way to its page where it has one. */
import { to } from "../../core/nav";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";

const PLACES: Record<string, (name: string) => string> = {
  job: to.job,
  dataset: to.dataset,
  project: to.agreement,
  inbox: to.item,
  model: to.model,
};

export function Subject({ of }: { of: string }) {
  const at = of.indexOf(":");
  const [kind, name] = at < 0 ? ["", of] : [of.slice(0, at), of.slice(at + 1)];
  if (kind === "peer") return <Party name={name} size="sm" />;
  const place = PLACES[kind];
  return place === undefined ? (
    <span data-raw title={of}>
      {name}
    </span>
  ) : (
    <Link href={place(name)} title={of}>
      {name}
    </Link>
  );
}
