/** The tabs of a browser share one session: each tells the others who it found to be signed in. */
import { BASE } from "../api/client";

const CHANNEL = `tacit-session:${new URL(BASE).pathname}`;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : undefined;

export const tabs = {
  /** `undefined`: nobody any more. */
  tell(user: string | undefined): void {
    channel?.postMessage({ user });
  },
  hear(on: (user: string | undefined) => void): void {
    channel?.addEventListener("message", ({ data }: MessageEvent<{ user?: string }>) => on(data.user));
  },
  /** Begins this tab anew: nothing of what it showed or kept in memory is left. */
  renew(): void {
    window.location.reload();
  },
};
