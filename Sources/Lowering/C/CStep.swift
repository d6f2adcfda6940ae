import TensorGraph

/// One step of a plan as a C function.
struct CStep {
    let plan: StepPlan
    let number: Int
    let problem: Problem
    /// Tensors of the previous step that this one writes anew, with their old places.
    let replaced: [KeptTensor]
    private var loops: LoopNest { plan.loops }

    init(_ plan: StepPlan, number: Int, replaced: [KeptTensor], problem: Problem) {
        self.plan = plan
        self.number = number
        self.replaced = replaced
        self.problem = problem
    }

    func write(to text: inout CText) {
        let tile = loops.granularity
        text.line()
        text.line("/* Step \(number): \(cComment(plan.ops.map(problem.label).joined(separator: ", "))).")
        text.line(
            "   Tiles of \(tile.width) x \(tile.height) (columns x rows), \(loops.tileRows) x \(loops.tileColumns) of "
                + "them, k-steps of \(tile.depth). */")
        writeTables(to: &text)
        text.line("static void step_\(number)(void) {")
        for kept in replaced {
            text.line(
                "release(\(cNumber(kept.address)), \(cNumber(kept.size)));  /* \(problem.comment(kept.tensor)) */")
        }
        for kept in plan.retained {
            text.line("claim(\(cNumber(kept.address)), \(cNumber(kept.size)));  /* \(problem.comment(kept.tensor)) */")
        }
        for (index, buffer) in plan.ephemeral.enumerated() {
            text.line("float *e\(index) = buffer(\(cNumber(buffer.size)));  /* \(problem.comment(buffer.tensor)) */")
        }
        text.line("for (idx n = 0; n < \(cNumber(loops.tileRows * loops.tileColumns)); n++) {")
        writePosition(to: &text)
        text.line("for (idx ks = 0; ks < \(cNumber(loops.reductionSteps)); ks++) {")
        writeIteration(to: &text)
        text.line("}")
        text.line("}")
        text.line("hold(NULL, 0);")
        for index in plan.ephemeral.indices { text.line("free(e\(index));") }
        for kept in plan.resident {
            text.line(
                "release(\(cNumber(kept.address)), \(cNumber(kept.size)));  /* \(problem.comment(kept.tensor)) */")
        }
        text.line("}")
    }

    private func writeTables(to text: inout CText) {
        if case .permutation(let tiles) = loops.order {
            text.line("static const idx order_\(number)[] = {")
            text.numbers(tiles)
            text.line("};")
        }
        if case .byIteration(let addresses, _) = plan.layout {
            text.line("/* Where slices and tiles are, for each iteration: some slices coincide now and then. */")
            text.line("static const idx addresses_\(number)[] = {")
            text.numbers(addresses)
            text.line("};")
        }
    }

    private func writePosition(to text: inout CText) {
        let (rows, columns) = (cNumber(loops.tileRows), cNumber(loops.tileColumns))
        switch loops.order {
        case .raster:
            text.line("const idx row = n / \(columns), column = n % \(columns);")
        case .rowSnake:
            text.line("const idx row = n / \(columns), place = n % \(columns);")
            text.line("const idx column = row % 2 == 0 ? place : \(columns) - 1 - place;")
        case .columnMajor:
            text.line("const idx row = n % \(rows), column = n / \(rows);")
        case .columnSnake:
            text.line("const idx column = n / \(rows), place = n % \(rows);")
            text.line("const idx row = column % 2 == 0 ? place : \(rows) - 1 - place;")
        case .permutation:
            text.line("const idx row = order_\(number)[n] / \(columns), column = order_\(number)[n] % \(columns);")
        }
    }

    private func writeIteration(to text: inout CText) {
        let size = loops.granularity
        func range(_ index: String, _ step: Int, _ length: Int) -> String {
            "\(index) * \(cNumber(step)), least((\(index) + 1) * \(cNumber(step)), \(cNumber(length)))"
        }
        text.line("const struct ranges t = {")
        text.line("\(range("row", size.height, loops.height)),")
        text.line("\(range("column", size.width, loops.width)),")
        text.line("\(range("ks", size.depth, loops.reduction)),")
        text.line("};")
        if case .byIteration(_, let buffers) = plan.layout {
            text.line("const idx *at = addresses_\(number) + (n * \(loops.reductionSteps) + ks) * \(buffers);")
        }
        if !usesRanges { text.line("(void)t;  /* the step deals with whole tensors only */") }
        if plan.slices.isEmpty {
            text.line("hold(NULL, 0);")
        } else {
            text.line("const struct slice wanted[] = {")
            for (index, slice) in plan.slices.enumerated() {
                let tensor = problem[slice.tensor]
                let (rows, columns) = (
                    bounds(slice.region.rows, tensor.height), bounds(slice.region.columns, tensor.width)
                )
                text.line(
                    "{\(slice.tensor), \(slice.role.rawValue.uppercased()), \(rows.low), \(rows.high), "
                        + "\(columns.low), \(columns.high), \(address(index))},  /* \(problem.comment(slice.tensor)) */"
                )
            }
            text.line("};")
            text.line("hold(wanted, \(plan.slices.count));")
        }
        let area = "(t.r1 - t.r0) * (t.c1 - t.c0)"
        for index in plan.tiles.indices {
            text.line("\(isFirst)claim(\(address(plan.slices.count + index)), \(area));")
        }
        for action in plan.actions { write(action, to: &text) }
        for (index, tile) in plan.tiles.enumerated() {
            let address = address(plan.slices.count + index)
            switch tile.purpose {
            case .output(let tensor):
                text.line(
                    "\(isLast)evict(\(tensor), \(address), t.r0, t.r1, t.c0, t.c1);  /* \(problem.comment(tensor)) */")
            case .accumulator:
                text.line("\(isLast)release(\(address), \(area));")
            }
        }
    }

    /// Whether anything in an iteration depends on where it is.
    private var usesRanges: Bool {
        !plan.tiles.isEmpty || plan.slices.contains { !$0.region.isWhole }
            || plan.actions.contains { action in
                guard case .compute(let computation) = action else { return true }
                return !computation.region.isWhole || computation.reduction == .reduction
            }
    }

    private var isFirst: String { loops.reductionSteps == 1 ? "" : "if (ks == 0) " }
    private var isLast: String {
        loops.reductionSteps == 1 ? "" : "if (ks == \(cNumber(loops.reductionSteps - 1))) "
    }

    private func write(_ action: Action, to text: inout CText) {
        let guarding =
            switch action.phase {
            case .first: isFirst
            case .last: isLast
            case .each: ""
            }
        switch action {
        case .compute(let computation):
            let op = problem[computation.op]
            text.line("/* \(cComment(problem.label(computation.op))): \(op.einsum) */")
            if !guarding.isEmpty { text.line(guarding + "{") }
            loops(of: computation, op).write(to: &text)
            if !guarding.isEmpty { text.line("}") }
        case .copy(let tensor, let source, let target, _):
            text.line("/* \(problem.comment(tensor)): copied within the step */")
            if !guarding.isEmpty { text.line(guarding + "{") }
            text.line("for (idx i = t.r0; i < t.r1; i++) {")
            text.line("for (idx j = t.c0; j < t.c1; j++) {")
            text.line("\(array(target).element("i", "j")) = \(array(source).element("i", "j"));")
            text.line("}")
            text.line("}")
            if !guarding.isEmpty { text.line("}") }
        }
    }

    private func loops(of computation: Computation, _ op: Op) -> CLoops {
        let output = problem[op.outputs[0]]
        let reduction = problem.reduction(of: computation.op)
        let inputs = op.inputs.indices.map { index in
            array(computation.sources[index], op.inputs[index], computation.sourceRegions[index])
        }
        let last = cNumber(loops.reductionSteps - 1)
        return CLoops(
            op: op, rows: bounds(computation.region.rows, output.height),
            columns: bounds(computation.region.columns, output.width),
            reduction: computation.reduction.map { bounds($0, reduction) }, reductionLength: reduction,
            inputs: inputs, outputs: computation.targets.map(array),
            parts: computation.accumulates ? ("ks == 0", "ks == \(last)") : nil)
    }

    private func bounds(_ side: SideRange, _ length: Int) -> CLoops.Bounds {
        switch side {
        case .whole: .whole(length)
        case .tileRows: CLoops.Bounds(low: "t.r0", high: "t.r1")
        case .tileColumns: CLoops.Bounds(low: "t.c0", high: "t.c1")
        case .reduction: CLoops.Bounds(low: "t.k0", high: "t.k1")
        }
    }

    private func address(_ buffer: Int) -> String {
        switch plan.layout {
        case .fixed(let addresses): cNumber(addresses[buffer])
        case .byIteration: "at[\(buffer)]"
        }
    }

    private func array(_ base: String, _ offset: String, _ tensor: Tensor, _ region: PlanRegion) -> CLoops.Array2D {
        CLoops.Array2D(
            base: base, offset: offset, rows: bounds(region.rows, tensor.height),
            columns: bounds(region.columns, tensor.width))
    }

    private func array(_ source: Source, _ tensor: TensorID, _ region: PlanRegion) -> CLoops.Array2D {
        switch source {
        case .slice(let number): array("fast", address(number), problem[tensor], region)
        case .resident(let tensor):
            array("fast", cNumber(place(of: tensor, in: plan.resident)), problem[tensor], region)
        case .ephemeral(let number): array("e\(number)", "", problem[tensor], region)
        }
    }

    private func array(_ place: Place) -> CLoops.Array2D {
        switch place {
        case .tile(let number):
            CLoops.Array2D(
                base: "fast", offset: address(plan.slices.count + number), rows: bounds(.tileRows, 0),
                columns: bounds(.tileColumns, 0))
        case .retained(let tensor):
            array(
                "fast", cNumber(self.place(of: tensor, in: plan.retained)), problem[tensor],
                PlanRegion(rows: .whole, columns: .whole))
        case .ephemeral(let number):
            array("e\(number)", "", problem[plan.ephemeral[number].tensor], plan.ephemeral[number].region)
        }
    }

    private func place(of tensor: TensorID, in list: [KeptTensor]) -> Int {
        list.first { $0.tensor == tensor }?.address ?? 0
    }
}
