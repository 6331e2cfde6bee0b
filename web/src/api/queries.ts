/** How answers are kept and asked for again. */
import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./client";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: "always", // browsers call loopback "offline" where there is no network
      retry: (count, problem) => count < 2 && problem instanceof Problem && problem.isUnreachable,
      retryDelay: (count) => 400 * 2 ** count * (0.75 + Math.random() / 2),
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: "always", retryDelay: 800 },
  },
});
