/** A field for a password. */
import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { core } from "../core/texts";

export function Password(props: PasswordInputProps) {
  const t = core.useT();
  return <PasswordInput visibilityToggleButtonProps={{ "aria-label": t("password.show") }} {...props} />;
}
