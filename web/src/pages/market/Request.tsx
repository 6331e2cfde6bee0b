/** Asks for a product: the agreement that it offers is proposed in this node's name. */
import { Button, Group, Textarea } from "@mantine/core";
import { useAct } from "../../api/hooks";
import type { Product } from "../../api/types";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { core } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { endOf, inOneYear } from "../../dates/days";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { useKept } from "../data/kept";
import styles from "./market.module.css";
import { market } from "./texts";

interface RequestProps {
  peer: string;
  product: Product;
  onClose: () => void;
}

export function Request({ peer, product, onClose }: RequestProps) {
  const t = market.useT();
  const c = core.useT();
  const [kept, keep] = useKept<{ purpose: string; until: string }>(`request ${peer} ${product.identifier}`);
  const typed = kept ?? { purpose: "", until: inOneYear() };
  const act = useAct("post", "/products/requests", { invalidates: ["/agreements"], success: t("requested") });
  const { identifier, version } = product;
  const send = (): void =>
    act.mutate(
      {
        body: {
          peer,
          product: identifier,
          purpose: typed.purpose.trim(),
          valid_until: endOf(typed.until) ?? "",
          version,
        },
      },
      {
        onSuccess: (agreement) => {
          keep(undefined);
          go(to.agreement(agreement.id));
        },
      },
    );
  return (
    <Dialog opened onClose={onClose} size="lg" title={t("request")}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className={styles.soft}>{t("request.text", { peer })}</p>
        <Textarea
          label={t("request.purpose")}
          description={t("request.purpose.help")}
          required
          autosize
          minRows={3}
          maxLength={4000}
          value={typed.purpose}
          onChange={(event) => keep({ ...typed, purpose: event.currentTarget.value })}
        />
        <DateField
          label={t("request.until")}
          required
          value={typed.until}
          onChange={(day) => keep({ ...typed, until: day })}
        />
        {act.error && <Diagnostic problem={act.error} compact />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {c("cancel")}
          </Button>
          <Button type="submit" loading={act.isPending} disabled={typed.purpose.trim() === "" || typed.until === ""}>
            {t("request.send")}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
