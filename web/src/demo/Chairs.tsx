/** One person in every chair: goes to the console of another organisation of the demo. */
import { Button, Menu, useMantineColorScheme } from "@mantine/core";
import IconArmchair from "@tabler/icons-react/dist/esm/icons/IconArmchair.mjs";
import { useLocation } from "wouter";
import { useGet } from "../api/hooks";
import { useLanguage } from "../core/language";
import { to } from "../core/nav";
import { tourText } from "../tour/progress";
import { Party } from "../ui/Party";
import styles from "./Chairs.module.css";
import { type Chair, demoNow, ownChair, placeElsewhere, wayTo } from "./chairs";
import { demo as texts } from "./texts";

export default function Chairs() {
  const t = texts.useT();
  const sit = useChairs();
  const demo = demoNow();
  if (demo === undefined) return null;
  const own = ownChair(demo);
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button size="compact-sm" variant="light" leftSection={<IconArmchair size={16} aria-hidden />}>
          {t("chairs")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <p className={styles.lead}>{t("chairs.lead")}</p>
        {demo.chairs.map((chair) => (
          <Menu.Item
            key={chair.name}
            disabled={chair === own}
            aria-current={chair === own || undefined}
            onClick={() => sit(chair)}
          >
            <span className={styles.chair}>
              <Party name={chair.name} />
              {chair === own && <span className={styles.here}>{t("chairs.here")}</span>}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** An item of the inbox is of one node; what is decided by it stands at every party. */
function useDecided(path: string): string | undefined {
  const [, id] = /^\/approvals\/(item-[^/]+)$/.exec(path) ?? [];
  const item = useGet("/inbox/{item_id}", { path: { item_id: id ?? "" } }, { enabled: id !== undefined }).data;
  if (id === undefined || item === undefined) return undefined;
  return item.kind === "job"
    ? to.job(item.subject)
    : item.kind === "agreement"
      ? to.agreement(item.subject)
      : undefined;
}

/** Goes to a chair; without a place, to where this page would be there. */
export function useChairs(): (chair: Chair, place?: string) => void {
  const language = useLanguage();
  const { colorScheme } = useMantineColorScheme();
  const [path] = useLocation();
  const decided = useDecided(path);
  return (chair, place) => {
    const demo = demoNow();
    if (demo === undefined) return;
    const taste = { lang: language, theme: colorScheme, tour: tourText() };
    window.location.assign(wayTo(chair, demo, place ?? decided ?? placeElsewhere(path), taste));
  };
}
