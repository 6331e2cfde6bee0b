/** Sends the flow for approval now. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { act } from "../../api/hooks";
import { queries } from "../../api/queries";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { isName } from "../document";
import { sides } from "../sides/texts";
import { asked } from "./asked";
import { Fields, Foot, type FormProps, flowOf, useDoing, useIntention } from "./doing";

export function Submit({ doc, agreement, hash, choice }: FormProps) {
  const t = sides.useT();
  const [name, setName] = useState(doc.name);
  const { busy, fault, run } = useDoing();
  const key = useIntention(hash, agreement, name);
  const submit = run(async () => {
    const job = await act("post", "/jobs", { body: { flow: flowOf(doc), agreement, name } }, key);
    asked.set(undefined);
    await queries.invalidateQueries({ queryKey: ["/jobs"] });
    go(to.job(job.id));
  });
  return (
    <>
      <Fields choice={choice}>
        <TextInput
          label={t("act.name")}
          description={t("act.name.help")}
          value={name}
          error={isName(name) ? undefined : t("name.bad")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Fields>
      <Foot fault={fault}>
        <Button loading={busy} disabled={!isName(name)} onClick={submit}>
          {t("act.submit")}
        </Button>
      </Foot>
    </>
  );
}
