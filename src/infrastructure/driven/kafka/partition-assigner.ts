import kafkajs, { type GroupMember, type PartitionAssigner } from 'kafkajs';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
/** Members of other programs do not have this protocol, so they cannot join the group. */
const NAME = 'concert-queue';
const VERSION = 1;

/** Assigns partitions in turn to the members that subscribe to their topic. The assigner of kafkajs takes all members. */
export const partitionAssigner: PartitionAssigner = ({ cluster }) => ({
  name: NAME,
  version: VERSION,

  async assign({ members, topics }) {
    const assignments = new Map<string, Record<string, number[]>>(members.map(({ memberId }) => [memberId, {}]));
    for (const topic of topics) {
      const owners = members
        .filter((member) => subscribesTo(member, topic))
        .map(({ memberId }) => memberId)
        .toSorted();
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      for (const [index, partition] of partitions.entries()) {
        const owner = owners[index % owners.length];
        const assignment = owner === undefined ? undefined : assignments.get(owner);
        if (assignment) (assignment[topic] ??= []).push(partition);
      }
    }
    return [...assignments].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: Buffer.alloc(0) }),
    }));
  },

  protocol({ topics }) {
    const metadata = MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) });
    return { name: NAME, metadata };
  },
});

function subscribesTo({ memberMetadata }: GroupMember, topic: string): boolean {
  return MemberMetadata.decode(memberMetadata)?.topics.includes(topic) ?? false;
}
