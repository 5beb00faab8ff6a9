/** The steps of the lab, each with an address: `/lab`, `/lab/data`, … */
export const STEPS = ['words', 'data', 'build', 'train', 'inside', 'race'] as const;
export type Step = (typeof STEPS)[number];

/** `rest` is what follows `lab/` in the address. */
export const stepOf = (rest: string): Step => STEPS.find((step) => step === rest.toLowerCase()) ?? STEPS[0];

export const pathOf = (step: Step): string => (step === STEPS[0] ? 'lab' : `lab/${step}`);
