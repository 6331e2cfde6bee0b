/** A sign for each shelf of operators. */
import type { Icon } from "@tabler/icons-react";
import IconAdjustments from "@tabler/icons-react/dist/esm/icons/IconAdjustments.mjs";
import IconArrowsJoin from "@tabler/icons-react/dist/esm/icons/IconArrowsJoin.mjs";
import IconBox from "@tabler/icons-react/dist/esm/icons/IconBox.mjs";
import IconChartBar from "@tabler/icons-react/dist/esm/icons/IconChartBar.mjs";
import IconCube from "@tabler/icons-react/dist/esm/icons/IconCube.mjs";
import IconDatabase from "@tabler/icons-react/dist/esm/icons/IconDatabase.mjs";
import IconTargetArrow from "@tabler/icons-react/dist/esm/icons/IconTargetArrow.mjs";

const ICONS: Record<string, Icon> = {
  data: IconDatabase,
  align: IconArrowsJoin,
  prepare: IconAdjustments,
  statistics: IconChartBar,
  models: IconCube,
  evaluation: IconTargetArrow,
};

export const iconOf = (group: string | undefined): Icon => ICONS[group ?? ""] ?? IconBox;
