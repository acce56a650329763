/** The attacker's process: runs the attack that its argument describes, and prints what it saw. */
import { ATTACKS } from './attacks/attacks.ts';
import { type AttackOrder, Target } from './target.ts';

const order: AttackOrder = JSON.parse(process.argv[2] ?? '{}');
const attack = ATTACKS[order.attack];
if (!attack) throw new Error(`unknown attack ${order.attack}`);
const target = new Target(order);
// A request that the server never answers must not hold the process.
await Promise.race([attack(target), target.wait()]);
const { counts } = target;
target.end();
process.stdout.write(JSON.stringify(counts), () => process.exit(0));
