/** The roles of a person. An auditor has no other one. */
import { Checkbox, Stack } from "@mantine/core";
import { useRoleName } from "../../actors/Actor";
import { settings } from "./texts";

const ROLES = ["administrator", "data_owner", "data_scientist", "compliance_officer", "operator", "auditor"] as const;

/** What is chosen after a click: who audits does nothing else. */
export function chosen(before: readonly string[], after: readonly string[]): string[] {
  const added = after.filter((role) => !before.includes(role));
  if (added.includes("auditor")) return ["auditor"];
  return added.length > 0 ? after.filter((role) => role !== "auditor") : [...after];
}

export function RoleChoice({ value, onChange }: { value: string[]; onChange: (roles: string[]) => void }) {
  const t = settings.useT();
  const role = useRoleName();
  return (
    <Checkbox.Group
      label={t("user.roles")}
      description={t("user.roles_help")}
      value={value}
      onChange={(after) => onChange(chosen(value, after))}
      required
    >
      <Stack gap="sm" mt="sm">
        {ROLES.map((each) => (
          <Checkbox key={each} value={each} label={role(each)} description={t(`role.${each}`)} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
