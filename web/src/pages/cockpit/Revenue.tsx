import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import { Chart } from "../../charts/Chart";
import type { Option } from "../../charts/option";
import type { Palette } from "../../charts/palette";
import { useMe } from "../../core/session";
import { Empty } from "../../ui/Async";
import { Section } from "../../ui/Section";
import { useBills, useUsage } from "./data";
import { currenciesOf, type MonthSum, sumsOf } from "./revenue";
import { cockpit } from "./texts";

const MONTHS = 12;

/** What the agreements with prices brought and cost. */
export function Revenue() {
  const t = cockpit.useT();
  const me = useMe();
  const agreements = useGet("/agreements", { query: { limit: 1000 } }, { enabled: me.can("agreement.read") });
  const months = (useUsage("month").data?.items ?? []).map(({ group }) => group).slice(-MONTHS);
  const bills = useBills(agreements.data?.items ?? [], months);
  const currencies = currenciesOf(bills);
  const [chosen, setChosen] = useState<string>();
  const currency = chosen !== undefined && currencies.includes(chosen) ? chosen : currencies[0];
  const choice =
    currencies.length > 1 ? (
      <NativeSelect
        size="xs"
        aria-label={t("currency")}
        data={currencies}
        value={currency}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
    ) : undefined;
  return (
    <Section title={t("revenue")} lead={t("revenue.lead")} actions={choice}>
      {currency === undefined ? (
        <Empty title={t("revenue.none")} text={t("revenue.none.text")} />
      ) : (
        <Sums sums={sumsOf(bills, months, me.node?.name ?? "", currency)} currency={currency} />
      )}
    </Section>
  );
}

function Sums({ sums, currency }: { sums: MonthSum[]; currency: string }) {
  const t = cockpit.useT();
  const names: [string, string] = [t("revenue.earned"), t("revenue.owed")];
  return (
    <Chart
      caption={t("revenue.caption", { currency })}
      table={{ columns: [t("month"), ...names], rows: sums.map((each) => [each.month, each.earned, each.owed]) }}
      option={(palette) => drawn(sums, names, palette)}
    />
  );
}

function drawn(sums: MonthSum[], names: [string, string], palette: Palette): Option {
  return {
    tooltip: { trigger: "axis" },
    legend: {},
    xAxis: { type: "category", data: sums.map(({ month }) => month) },
    yAxis: { type: "value" },
    series: [
      {
        type: "bar",
        name: names[0],
        barMaxWidth: 32,
        itemStyle: { color: palette.ok },
        data: sums.map((each) => each.earned),
      },
      {
        type: "bar",
        name: names[1],
        barMaxWidth: 32,
        itemStyle: { color: palette.warn },
        data: sums.map((each) => each.owed),
      },
    ],
  };
}
