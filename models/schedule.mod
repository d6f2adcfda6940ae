/* Schedules a graph of tensor operations: the integer program of mlsys, written in sets and sums.

     mlsys export PROBLEM --format data -o problem.dat
     glpsol -m models/schedule.mod -d problem.dat

   README.md in this folder derives every constraint. Names in the data are those of the other formats. */

/* ---- Problem ---- */

set OPS;
set TENSORS;
set inputs{OPS} within TENSORS;
set outputs{OPS} within TENSORS;
param capacity >= 0;                            /* elements that fit in fast memory */

set WRITTEN := setof{o in OPS, t in outputs[o]} t;
set READ := setof{o in OPS, t in inputs[o]} t;
set RESULTS := WRITTEN diff READ;               /* graph outputs */

/* ---- Steps to choose from ---- */

set STEPS;
set HANDOVERS;                                  /* sets of tensors that one step leaves to the next, by name */
set handed{HANDOVERS union {"nothing"}} within TENSORS, default {};

set ops{STEPS} within OPS;
param takes{STEPS}, symbolic, in HANDOVERS union {"nothing"}, default "nothing";    /* resident when it starts */
param gives{STEPS}, symbolic, in HANDOVERS union {"nothing"}, default "nothing";    /* retained when it ends */
param latency{STEPS} >= 0;
param working_set{STEPS} >= 0;                  /* elements in fast memory, at most, while it runs */
param most{STEPS}, integer, >= 1, default 1;    /* how often a schedule can need it */

/* What is written and read inside a step is internal; of the rest, it loads what is not there and evicts what does
   not stay. */
set touched{j in STEPS} := setof{o in ops[j], t in inputs[o]} t;
set made{j in STEPS} := setof{o in ops[j], t in outputs[o]} t;
set loads{j in STEPS} := (touched[j] diff made[j] diff handed[takes[j]]) inter WRITTEN;
set evicts{j in STEPS} := made[j] diff touched[j] diff handed[gives[j]];

/* An op and all that has to run before it; the ops that have run before a step, because they made what it finds or what
   that was made from; the ops that can run in a step for the first time. */
set makers{t in TENSORS} := setof{o in OPS: t in outputs[o]} o;
set before{o in OPS} := {o} union setof{t in inputs[o], q in makers[t], a in before[q]} a;
set finds{j in STEPS} := (touched[j] diff made[j]) union handed[takes[j]];
set upstream{j in STEPS} := setof{t in finds[j], q in makers[t], a in before[q]} a;
set firsts{j in STEPS} := ops[j] diff upstream[j];

/* ---- Choices ---- */

param partition, binary, default 0;             /* 1: no op is recomputed */
param slots, integer, >= 0, default 0;          /* more than 0: the order is part of the program, see C6 */

var x{j in STEPS}, integer, >= 0, <= most[j];   /* how often the schedule has the step */
var stored{WRITTEN}, binary;                    /* the tensor gets into slow memory */

minimize total_latency: sum{j in STEPS} latency[j] * x[j];

/* C1: every op is in just one step if nothing is recomputed, else (C1') in one that can run it for the first time. */
s.t. cover{o in OPS: partition}: sum{j in STEPS: o in ops[j]} x[j] = 1;
s.t. first{o in OPS: not partition}: sum{j in STEPS: o in firsts[j]} x[j] >= 1;

/* C2: what is read from slow memory was evicted. One bound for all reads of a tensor, since each of them may be one of
   several; without recomputation a reader reads once, which gives a tighter row. */
s.t. supply{t in WRITTEN: not partition}:
    sum{j in STEPS: t in loads[j]} x[j] <= (sum{j in STEPS: t in loads[j]} most[j]) * stored[t];
s.t. store{t in WRITTEN: not partition}: stored[t] <= sum{j in STEPS: t in evicts[j]} x[j];
s.t. supply_once{t in WRITTEN, q in OPS: partition and t in inputs[q]}:
    sum{j in STEPS: q in ops[j] and t in loads[j]} x[j] <= sum{j in STEPS: t in evicts[j]} x[j];

/* C2': an op first runs without reading a tensor from slow memory, or a step that neither has the op nor depends on it
   evicts the tensor. Every schedule obeys these rows; without recomputation those above say more. */
s.t. reach{o in OPS, t in WRITTEN: not partition and exists{j in STEPS} (o in firsts[j] and t in loads[j])}:
    sum{j in STEPS: o in firsts[j] and t not in loads[j]} x[j]
    + sum{j in STEPS: t in evicts[j] and o not in ops[j] union upstream[j]} x[j] >= 1;

/* C3: what is left in fast memory is taken, by as many steps as leave it. One step, the last, may leave what no step
   takes, so as not to evict it; that is of use only if it evicts a graph output. */
set ENDS := {h in HANDOVERS: exists{j in STEPS: gives[j] = h} card(evicts[j] inter RESULTS) > 0};

s.t. handoff{h in HANDOVERS}:
    sum{j in STEPS: gives[j] = h} x[j] >= sum{j in STEPS: takes[j] = h} x[j];
s.t. handoff_all{h in HANDOVERS diff ENDS}:
    sum{j in STEPS: gives[j] = h} x[j] <= sum{j in STEPS: takes[j] = h} x[j];
s.t. handoff_last:
    sum{h in ENDS, j in STEPS: gives[j] = h} x[j] <= 1 + sum{h in ENDS, j in STEPS: takes[j] = h} x[j];

/* C4: every graph output is evicted. */
s.t. output{t in RESULTS}: sum{j in STEPS: t in evicts[j]} x[j] >= 1;

/* C5: a step fits in fast memory; copies of it run one at a time. */
s.t. memory{j in STEPS}: working_set[j] / most[j] * x[j] <= capacity;

/* C6: the steps have an order. Slot by slot: at most one step each, none left empty between two; what a step loads was
   evicted in an earlier slot; what it takes was left by the slot before. */
var y{STEPS, 1..slots}, binary;

s.t. placed{j in STEPS: slots > 0}: x[j] = sum{p in 1..slots} y[j,p];
s.t. slot{p in 1..slots}: sum{j in STEPS} y[j,p] <= 1;
s.t. packed{p in 2..slots}: sum{j in STEPS} y[j,p] <= sum{j in STEPS} y[j,p - 1];
s.t. in_time{t in WRITTEN, p in 1..slots}:
    sum{j in STEPS: t in loads[j]} y[j,p] <= sum{j in STEPS, r in 1..p - 1: t in evicts[j]} y[j,r];
s.t. adjacent{h in HANDOVERS, p in 0..slots: slots > 0}:
    sum{j in STEPS, r in {p}: r >= 1 and gives[j] = h} y[j,r]
    >= sum{j in STEPS, r in {p + 1}: r <= slots and takes[j] = h} y[j,r];
s.t. taken{h in HANDOVERS, p in 1..slots}:
    sum{j in STEPS: gives[j] = h} y[j,p]
    <= sum{j in STEPS, r in {p + 1}: r <= slots and takes[j] = h} y[j,r]
    + (if h in ENDS then 1 - sum{j in STEPS, r in {p + 1}: r <= slots} y[j,r] else 0);

solve;

printf "total latency %.10g\n", total_latency;
printf{p in 1..slots, j in STEPS: y[j,p] > 0.5} "slot %d: %s\n", p, j;
printf{j in STEPS: slots = 0 and x[j] > 0.5} "%d times %s\n", x[j], j;

end;
