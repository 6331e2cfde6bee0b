/** The console: what everything stands in, and which of its faces is shown. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Router } from "wouter";
import { queries } from "./api/queries";
import { usePath, useSearchText } from "./core/location";
import { Notes } from "./core/notify";
import { start, useSession } from "./core/session";
import { core } from "./core/texts";
import { Boundary } from "./shell/Boundary";
import { Shell } from "./shell/Shell";
import { Starting } from "./shell/Starting";
import { appearance } from "./theme/appearance";
import { nonce } from "./theme/nonce";
import { theme, variables } from "./theme/theme";
import { Diagnostic } from "./ui/Diagnostic";

const SignIn = lazy(() => import("./sign_in/SignIn"));
const SetPassword = lazy(() => import("./sign_in/SetPassword"));

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={appearance}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Boundary>
            <Suspense fallback={<Starting />}>
              <Face />
            </Suspense>
          </Boundary>
          <Notes />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Face() {
  const session = useSession();
  const t = core.useT();
  switch (session.state) {
    case "starting":
      return <Starting />;
    case "unreachable":
      return (
        <Starting title={t("unreachable.title")}>
          <Diagnostic problem={session.problem} onRetry={() => void start()} />
        </Starting>
      );
    case "out":
      return <SignIn />;
    case "in":
      return session.me.mustChange ? <SetPassword /> : <Shell />;
  }
}
