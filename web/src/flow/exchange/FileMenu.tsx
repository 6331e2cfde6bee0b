/** What can be done with the flow as a whole: read and write files, compare, show the tour. */
import { Button, Menu } from "@mantine/core";
import { asProblem } from "../../api/client";
import { IconChevronDown } from "../../core/icons";
import { notify } from "../../core/notify";
import { useProblemText } from "../../core/problems";
import { useMe } from "../../core/session";
import { convertDoc, FORMATS, type Format } from "../code/convert";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { templateOf } from "../templates/begun";
import { startTour } from "../templates/Coach";
import { dialog } from "./dialogs";
import { download } from "./files";

export function FileMenu() {
  const t = sides.useT();
  const me = useMe();
  const store = useFlowStore();
  const told = useProblemText();
  const compared = useFlow((state) => state.diff !== undefined);
  const write = async (format: Format): Promise<void> => {
    const { doc } = store.get();
    try {
      const made = await convertDoc(doc);
      const text = made?.texts[format];
      if (text === undefined) return notify({ tone: "bad", text: t("export.not_yet") });
      download(doc.name, format, text);
    } catch (thrown) {
      notify({ tone: "bad", text: told(asProblem(thrown)).title });
    }
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" rightSection={<IconChevronDown size={15} aria-hidden />}>
          {t("file")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => dialog.set("import")}>{t("file.import")}</Menu.Item>
        <Menu.Label>{t("file.export")}</Menu.Label>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => void write(format)}>
            {t("file.export_as", { format: t(`code.${format}`) })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {me.can("job.read") && <Menu.Item onClick={() => dialog.set("compare")}>{t("file.compare")}</Menu.Item>}
        {compared && <Menu.Item onClick={() => store.put({ diff: undefined })}>{t("file.compare_end")}</Menu.Item>}
        <Menu.Divider />
        <Menu.Item onClick={() => void store.save()}>{t("file.save")}</Menu.Item>
        <Menu.Item onClick={() => startTour(templateOf(store) ?? "blank")}>{t("file.tour")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
