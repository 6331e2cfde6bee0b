/** What models are called: after the Spec of the operator that trained them. */
import { useSpecWords } from "../../forms/spec_words";
import { models } from "./texts";

/** A file that cannot be read, or that does not say what it holds, in the words of the node. */
const OWN = ["damaged", "model"] as const;
type Own = (typeof OWN)[number];
const isOwn = (kind: string): kind is Own => (OWN as readonly string[]).includes(kind);

/** `titleOf`: of an operator; of one that this node does not know, its name. */
export function kindTitle(kind: string, titleOf: (operator: string) => string, own: (kind: Own) => string): string {
  if (isOwn(kind)) return own(kind);
  const trainer = `${kind}.train`;
  const title = titleOf(trainer);
  return title === trainer ? kind : title;
}

export function useKindTitle(): (kind: string) => string {
  const t = models.useT();
  const words = useSpecWords();
  return (kind) =>
    kindTitle(
      kind,
      (operator) => words(operator).title,
      (one) => t(`kind.${one}`),
    );
}
