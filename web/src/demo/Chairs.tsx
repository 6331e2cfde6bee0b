/** One person in every chair: goes to the console of another organisation of the demo. */
import { Button, Menu, useMantineColorScheme } from "@mantine/core";
import IconArmchair from "@tabler/icons-react/dist/esm/icons/IconArmchair.mjs";
import { useLocation } from "wouter";
import { useLanguage } from "../core/language";
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

/** Goes to a chair; without a place, to where this page would be there. */
export function useChairs(): (chair: Chair, place?: string) => void {
  const language = useLanguage();
  const { colorScheme } = useMantineColorScheme();
  const [path] = useLocation();
  return (chair, place) => {
    const demo = demoNow();
    if (demo === undefined) return;
    const taste = { lang: language, theme: colorScheme, tour: tourText() };
    window.location.assign(wayTo(chair, demo, place ?? placeElsewhere(path), taste));
  };
}
