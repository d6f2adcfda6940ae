import TensorGraph

/// A plan as one C99 file that needs libc and libm only.
///
/// It runs the plan in an array of exactly the fast memory's capacity, counts what it loads, evicts and holds,
/// evaluates the whole graph naively beside it and compares all that reached slow memory. Which slices are loaded is
/// decided there by RULES 4, from what the iteration before held; addresses come from the plan.
public struct CProgram {
    private let plan: Plan
    private let title: String
    private var problem: Problem { plan.problem }

    /// Prepares to write a plan.
    ///
    /// - Parameter title: what the problem is called, for a comment.
    public init(_ plan: Plan, title: String) {
        self.plan = plan
        self.title = title
    }

    /// Ops whose function is not known, so that the default stands in for it.
    public var opsOfUnknownFunction: [OpID] { problem.opIDs.filter { OpFunction(problem[$0]).isUnknown } }

    /// The whole file.
    public func text() -> String {
        var text = CText()
        text.line(
            "/* \(cComment(title)): a schedule of \(plan.steps.count) steps, and a naive evaluation to compare with.")
        text.line("   Usage: PROGRAM [SEED]. Prints elements loaded and evicted, the most held in fast memory, and the")
        text.line("   largest difference as a fraction of a tensor's largest element; fails if that exceeds 1e-3. */")
        for header in ["math", "stdio", "stdlib", "string"] { text.line("#include <\(header).h>") }
        text.line()
        text.line("typedef long long idx;")
        text.line()
        text.line("#define CAPACITY \(problem.hardware.fastMemoryCapacity)LL  /* elements of fast memory */")
        text.line("#define TENSORS \(problem.tensors.count)")
        text.line("#define SLICES \(plan.steps.map(\.slices.count).max() ?? 0)  /* most in one iteration */")
        writeTensors(to: &text)
        text.verbatim(CRuntime.memory)
        writeFunctions(to: &text)
        writeNaive(to: &text)
        for (number, step) in plan.steps.enumerated() {
            let previous = number == 0 ? [] : plan.steps[number - 1].retained
            let kept = Set(step.resident.map(\.tensor))
            CStep(step, number: number, replaced: previous.filter { !kept.contains($0.tensor) }, problem: problem)
                .write(to: &text)
        }
        text.line()
        text.line("static void run(void) {")
        for number in plan.steps.indices { text.line("step_\(number)();") }
        for kept in plan.steps.last?.retained ?? [] {
            text.line("release(\(cNumber(kept.address)), \(cNumber(kept.size)));")
        }
        text.line("}")
        text.line()
        text.verbatim(CRuntime.main)
        return text.text
    }

    private func writeTensors(to text: inout CText) {
        text.line()
        text.line("static const idx rows_of[] = {")
        text.numbers(problem.tensors.map(\.height))
        text.line("};")
        text.line("static const idx columns_of[] = {")
        text.numbers(problem.tensors.map(\.width))
        text.line("};")
        let evicted = Set(plan.steps.flatMap(\.evicted))
        let ids = problem.tensors.indices.map { TensorID($0) }
        text.line("static const enum { UNUSED, INPUT, INSIDE, EVICTED } kind_of[] = {")
        for tensor in ids {
            let isUsed = problem.graph.producers[tensor.index] != nil || problem.graph.isGraphInput(tensor)
            let kind =
                problem.graph.isGraphInput(tensor)
                ? "INPUT" : !isUsed ? "UNUSED" : evicted.contains(tensor) ? "EVICTED" : "INSIDE"
            text.line("\(kind),  /* \(problem.comment(tensor)) */")
        }
        text.line("};")
        text.line("/* Inputs of long reductions are small, so that no product of many matrices overflows. */")
        text.line("static const double scale_of[] = {")
        for tensor in ids { text.line("\(inputScale(tensor)),") }
        text.line("};")
        text.line()
    }

    private func inputScale(_ tensor: TensorID) -> Double {
        let reductions = problem.graph.readers[tensor.index].map { problem.reduction(of: $0) }
        return 1 / Double(reductions.max() ?? 1).squareRoot()
    }

    private func writeFunctions(to text: inout CText) {
        let names = Set(problem.ops.flatMap { OpFunction($0).helpers })
        for name in names.sorted() {
            if let body = FunctionTable.definitions[name] { text.line("static double \(name)(\(body)") }
        }
        if !names.isEmpty { text.line() }
    }

    private func writeNaive(to text: inout CText) {
        text.line("/* Every op on whole tensors, one after the other. */")
        text.line("static void naive(void) {")
        for id in problem.graph.topologicalOrder {
            let op = problem[id]
            func whole(_ tensor: TensorID) -> CLoops.Array2D {
                CLoops.Array2D(
                    base: "expected[\(tensor)]", rows: .whole(problem[tensor].height),
                    columns: .whole(problem[tensor].width))
            }
            let output = problem[op.outputs[0]]
            let reduction = problem.reduction(of: id)
            text.line("/* \(cComment(problem.label(id))): \(op.einsum) */")
            CLoops(
                op: op, rows: .whole(output.height), columns: .whole(output.width),
                reduction: op.isReducing ? .whole(reduction) : nil, reductionLength: reduction,
                inputs: op.inputs.map(whole), outputs: op.outputs.map(whole)
            ).write(to: &text)
        }
        text.line("}")
    }
}
