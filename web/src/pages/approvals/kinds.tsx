/** A sign for each kind of item. */
import type { Icon } from "@tabler/icons-react";
import IconArrowBarDown from "@tabler/icons-react/dist/esm/icons/IconArrowBarDown.mjs";
import IconCube from "@tabler/icons-react/dist/esm/icons/IconCube.mjs";
import IconFileDescription from "@tabler/icons-react/dist/esm/icons/IconFileDescription.mjs";
import IconKey from "@tabler/icons-react/dist/esm/icons/IconKey.mjs";
import IconLockOpen from "@tabler/icons-react/dist/esm/icons/IconLockOpen.mjs";
import IconPlayerPlay from "@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs";
import IconPlugConnected from "@tabler/icons-react/dist/esm/icons/IconPlugConnected.mjs";
import IconRepeat from "@tabler/icons-react/dist/esm/icons/IconRepeat.mjs";
import IconScale from "@tabler/icons-react/dist/esm/icons/IconScale.mjs";
import type { KindName } from "./words";

export const SIGNS: Record<KindName, Icon> = {
  job: IconPlayerPlay,
  agreement: IconFileDescription,
  grant: IconKey,
  flow: IconRepeat,
  result: IconLockOpen,
  downgrade: IconArrowBarDown,
  policy: IconScale,
  peer: IconPlugConnected,
  model: IconCube,
};
