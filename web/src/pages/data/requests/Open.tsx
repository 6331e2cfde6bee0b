/** What partners ask for: decided one by one, several chosen ones, or all that a pattern meets. */
import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "../../../api/client";
import { act, useGet } from "../../../api/hooks";
import type { Grant } from "../../../api/types";
import { to } from "../../../core/nav";
import { notify } from "../../../core/notify";
import { useProblemText } from "../../../core/problems";
import { useMe } from "../../../core/session";
import { Async, Empty } from "../../../ui/Async";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import { GrantTable } from "../grants/GrantTable";
import { data } from "../texts";
import { ByPattern } from "./ByPattern";

export function Open() {
  const t = data.useT();
  const query = useGet("/grants", { query: { side: "given", state: "APPLIED", limit: 500 } });
  return (
    <Async
      query={query}
      height={260}
      empty={({ items }) => items.length === 0}
      emptyView={<Empty title={t("requests.none")} text={t("requests.none.text")} />}
    >
      {({ items }) => <Listed grants={items} />}
    </Async>
  );
}

function Listed({ grants }: { grants: Grant[] }) {
  const t = data.useT();
  const me = useMe();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const may = me.can("inbox.decide");
  const decide = useDecide();
  const chosen = grants.filter((one) => keys.has(one.id));
  return (
    <>
      {may && <ByPattern grants={grants} />}
      <Section title={t("requests.each")} lead={t("requests.each.lead")}>
        {may && chosen.length > 0 && (
          <Group mb="sm">
            <Button onClick={() => void decide("approve", chosen)}>
              {t("approve_chosen", { count: chosen.length })}
            </Button>
            <Button variant="default" onClick={() => void decide("deny", chosen)}>
              {t("deny_chosen", { count: chosen.length })}
            </Button>
          </Group>
        )}
        <GrantTable
          caption={t("requests.open")}
          grants={grants}
          selection={may ? { keys, onChange: setKeys } : undefined}
          acts={(one) => <Acts one={one} may={may} onDecide={(verdict) => void decide(verdict, [one])} />}
        />
      </Section>
    </>
  );
}

type Verdict = "approve" | "deny";

/** Decides on some, one after the other; says what could not be done and why. */
function useDecide(): (verdict: Verdict, grants: Grant[]) => Promise<void> {
  const t = data.useT();
  const client = useQueryClient();
  const text = useProblemText();
  return async (verdict, grants) => {
    let done = 0;
    for (const { id, selector } of grants) {
      try {
        await act("post", `/grants/{grant}/${verdict}`, { path: { grant: id } });
        done += 1;
      } catch (thrown) {
        const words = text(asProblem(thrown));
        notify({ tone: "bad", text: t("decide.failed", { name: selector, why: words.title }) });
      }
    }
    if (done > 0)
      notify({ tone: "ok", text: t(verdict === "approve" ? "decide.approved" : "decide.denied", { count: done }) });
    await Promise.all(
      ["/grants", "/inbox", "/inbox/counts"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  };
}

interface ActsProps {
  one: Grant;
  may: boolean;
  onDecide: (verdict: Verdict) => void;
}

function Acts({ one, may, onDecide }: ActsProps) {
  const t = data.useT();
  const who = { name: one.selector, peer: one.peer };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {one.item !== null && (
        <Button
          component={Link}
          href={to.item(one.item)}
          size="compact-sm"
          variant="subtle"
          aria-label={t("look_at_of", who)}
        >
          {t("look_at")}
        </Button>
      )}
      {may && (
        <>
          <Button size="compact-sm" aria-label={t("approve_of", who)} onClick={() => onDecide("approve")}>
            {t("approve")}
          </Button>
          <Button size="compact-sm" variant="default" aria-label={t("deny_of", who)} onClick={() => onDecide("deny")}>
            {t("deny")}
          </Button>
        </>
      )}
    </Group>
  );
}
