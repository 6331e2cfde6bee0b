/** The sampled profile of a dataset. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { act } from "../../../api/hooks";
import type { Dataset, Glance } from "../../../api/types";
import { Async } from "../../../ui/Async";
import { Section } from "../../../ui/Section";
import { GlanceView } from "../look/GlanceView";
import { data } from "../texts";

export function Profile({ one }: { one: Dataset }) {
  const t = data.useT();
  const { name } = one;
  const query = useQuery<Glance>({
    queryKey: ["profile of dataset", name, one.digest],
    queryFn: () => act("post", "/datasets/{name}/profile", { path: { name }, body: { rows: 20_000 } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const again = (
    <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
      {t("look.again")}
    </Button>
  );
  return (
    <Section title={t("tab.profile")} lead={t("look.lead")} actions={again}>
      <Async query={query} height={360}>
        {(glance) => <GlanceView glance={glance} />}
      </Async>
    </Section>
  );
}
