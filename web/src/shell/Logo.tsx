/** Two rings that share a part without becoming one. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#3549a3" />
      <circle cx="12.5" cy="16" r="6.5" fill="none" stroke="#ffffff" strokeWidth="2.6" />
      <circle cx="19.5" cy="16" r="6.5" fill="none" stroke="#9bb0f3" strokeWidth="2.6" />
    </svg>
  );
}
