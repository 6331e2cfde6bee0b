/** Whose node this is, search, language, appearance, help, account. */
import { ActionIcon, Button, Kbd, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { setLanguage, useLanguage } from "../core/language";
import { useLine } from "../core/live";
import { notify } from "../core/notify";
import { recall } from "../core/remembered";
import { signOut, useMe } from "../core/session";
import { core } from "../core/texts";
import { DemoChairs, DemoTour } from "../demo";
import { Party } from "../ui/Party";
import styles from "./Header.module.css";
import {
  IconDeviceDesktop,
  IconHelp,
  IconLanguage,
  IconLogout,
  IconMenu2,
  IconMoon,
  IconSearch,
  IconSun,
  IconUserCircle,
} from "./icons";

const Search = lazy(() => import("./Search"));
const Keys = lazy(() => import("./Keys"));
const TourItem = lazy(() => import("../tour/TourItem"));

type Asked = "search" | "help";

export function Header({ onMenu, menuOpen }: { onMenu: () => void; menuOpen: boolean }) {
  const t = core.useT();
  const me = useMe();
  const [asking, setAsking] = useState<Asked>();
  const back = useRef<Element | null>(null);
  const ask = useCallback((asked: Asked): void => {
    back.current = document.activeElement;
    setAsking(asked);
  }, []);
  const close = (): void => {
    setAsking(undefined);
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) (back.current as HTMLElement | null)?.focus();
    });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const asked = askedBy(event);
      if (asked === undefined) return;
      event.preventDefault();
      ask(asked);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [ask]);
  return (
    <header className={styles.header}>
      <ActionIcon
        className={styles.menu}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t("menu")}
        aria-expanded={menuOpen}
        onClick={onMenu}
      >
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      {me.node !== undefined && (
        <span className={styles.node}>
          <Party name={me.node.name} />
          <DemoChairs />
          <DemoTour />
          <LineMark />
        </span>
      )}
      <button type="button" className={styles.search} onClick={() => ask("search")}>
        <IconSearch size={16} aria-hidden />
        <span>{t("search")}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </button>
      <LanguageMenu />
      <AppearanceMenu />
      <Tooltip label={t("help")}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("help")} onClick={() => ask("help")}>
          <IconHelp size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Account />
      <Suspense fallback={null}>
        {asking === "search" && <Search onClose={close} />}
        {asking === "help" && <Keys onClose={close} />}
      </Suspense>
    </header>
  );
}

/** What a key asks for, where no page took it for itself and nobody is typing. */
function askedBy(event: KeyboardEvent): Asked | undefined {
  if (event.defaultPrevented || event.altKey) return undefined;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return "search";
  const typing = (event.target as Element).closest("input, textarea, select, [contenteditable]") !== null;
  return event.key === "?" && !event.ctrlKey && !typing ? "help" : undefined;
}

/** Whether news arrive by themselves. */
function LineMark() {
  const t = core.useT();
  const { state } = useLine();
  const label = t(`live.${state}`);
  return (
    <Tooltip label={label}>
      <span role="img" aria-label={label} className={styles.line} data-state={state} />
    </Tooltip>
  );
}

export function LanguageMenu() {
  const t = core.useT();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <Menu position="bottom-end" opened={open} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label={t("language")} disabled={open}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("language")}>
            <IconLanguage size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(["en", "zh"] as const).map((choice) => (
          <Menu.Item
            key={choice}
            lang={choice === "zh" ? "zh-CN" : "en"}
            aria-current={choice === language}
            onClick={() => setLanguage(choice)}
          >
            {t(`language.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function AppearanceMenu() {
  const t = core.useT();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Sign = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }[colorScheme];
  const [open, setOpen] = useState(false);
  return (
    <Menu position="bottom-end" opened={open} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label={t("theme")} disabled={open}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("theme")}>
            <Sign size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(["auto", "light", "dark"] as const).map((choice) => (
          <Menu.Item key={choice} aria-current={choice === colorScheme} onClick={() => setColorScheme(choice)}>
            {t(`theme.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Account() {
  const t = core.useT();
  const me = useMe();
  const language = useLanguage();
  const { colorScheme } = useMantineColorScheme();
  const [, navigate] = useLocation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          leftSection={<IconUserCircle size={20} aria-hidden />}
          aria-label={t("account", { name: me.displayName })}
        >
          <span className={styles.name}>{me.displayName}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCircle size={16} aria-hidden />} onClick={() => navigate("/settings")}>
          {t("account.settings")}
        </Menu.Item>
        <Suspense fallback={null}>{recall("demo") !== undefined && <TourItem />}</Suspense>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => {
            signOut(`lang=${language}&theme=${colorScheme}`).catch(() =>
              notify({ tone: "bad", text: t("sign_out.failed") }),
            );
          }}
        >
          {t("sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
