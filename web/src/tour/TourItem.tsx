/** The way back to the tour, in the menu of the account. */
import { Menu } from "@mantine/core";
import IconMap2 from "@tabler/icons-react/dist/esm/icons/IconMap2.mjs";
import { useLocation } from "wouter";
import { show } from "./progress";
import { stageNow } from "./stage";
import { tour } from "./texts";

export default function TourItem() {
  const t = tour.useT();
  const [path] = useLocation();
  if (stageNow() === undefined) return null;
  return (
    <Menu.Item leftSection={<IconMap2 size={16} aria-hidden />} onClick={() => show(path)}>
      {t("title")}
    </Menu.Item>
  );
}
