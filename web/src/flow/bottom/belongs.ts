/** The flow itself, and its parts that were run alone. */
export const belongs = (job: string, flow: string): boolean =>
  job === flow || job.startsWith(`${flow}-to-`) || job.startsWith(`${flow}-from-`);
