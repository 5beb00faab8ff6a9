/** Appends drawings for ever, and says which of them are on the disk: `tsx donating-process.ts DIR`. A test kills it. */
import { openDonations } from '../../server/storage/donations.ts';
import { someDonation } from './donated.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const donations = openDonations({ dir: process.argv[2]!, bytes: 1e9, keptMs: 1e12, log });
const many = Array.from({ length: 3000 }, (_, i) => i);

async function give(): Promise<void> {
  for (;;) {
    const donation = someDonation({ drawing: [[many, many, many]] });
    await donations.append(donation);
    process.stdout.write(`${donation.key_id}\n`);
  }
}

for (let i = 0; i < 40; i++) void give();
