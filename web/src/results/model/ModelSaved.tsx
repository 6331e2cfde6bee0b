/** Under which name the pieces of a model are kept. */
import { to } from "../../core/nav";
import { Copy } from "../../ui/Copy";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import type { ModelSavedReport } from "../documents";
import { results } from "../texts";
import type { ViewerProps } from "../viewer";

export default function ModelSaved({ document }: ViewerProps<ModelSavedReport>) {
  const t = results.useT();
  const { name, version, model_kind, model_id, transform_id } = document;
  const id = (value: string, what: string) => (
    <>
      <code>{value}</code> <Copy value={value} what={what} />
    </>
  );
  return (
    <KeyValue
      wide
      items={[
        [
          t("model.name"),
          <Link key="name" href={to.model(name)}>
            {name}
          </Link>,
        ],
        [t("model.version"), <code key="version">{version}</code>],
        [t("model.kind"), <code key="kind">{model_kind}</code>],
        [t("model.id"), id(model_id, t("model.id"))],
        transform_id !== null && [t("model.transform"), id(transform_id, t("model.transform"))],
      ]}
    />
  );
}
