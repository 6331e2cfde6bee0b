/** Times at which a flow runs again and again. */
export const PLANS = ["hourly", "daily", "weekdays", "weekly", "monthly", "cron"] as const;
export type Plan = (typeof PLANS)[number];

/** The five fields of cron for a plan; `time` is "HH:MM". Weekly is Monday, monthly the first. */
export function cronOf(plan: Exclude<Plan, "cron">, time: string): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const at = `${minute || 0} ${hour || 0}`;
  switch (plan) {
    case "hourly":
      return "0 * * * *";
    case "daily":
      return `${at} * * *`;
    case "weekdays":
      return `${at} * * 1-5`;
    case "weekly":
      return `${at} * * 1`;
    case "monthly":
      return `${at} 1 * *`;
  }
}
