import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Connected sets of groups")
struct FusedGroupTests {
    @Test("are unions of groups, each once, and just those connected sets of ops that divide no group")
    func unions() throws {
        var random = RandomSource(seed: 61)
        var general = ProblemGenerator(seed: 62)
        var (cases, sets, glued) = (0, 0, 0)
        while cases < 150 {
            let problem = try general.next()
            guard problem.ops.count <= 8, problem.ops.count > 2 else { continue }
            cases += 1
            let groups = randomGroups(problem, using: &random)
            let found = enumerate(problem, groups)
            #expect(Set(found).count == found.count, "\(groups): \(ProblemFile.text(of: problem))")
            let undivided = steps(problem).filter { set in
                groups.allSatisfy { $0.isSubset(of: set) || $0.isDisjoint(with: set) }
            }
            // What can be a step has to be found; what cannot may be.
            for set in undivided {
                #expect(
                    found.contains(set), "\(set.members) of \(groups.map(\.members)): \(ProblemFile.text(of: problem))")
            }
            for set in found {
                #expect(groups.allSatisfy { $0.isSubset(of: set) || $0.isDisjoint(with: set) })
                #expect(isConnected(set, problem))
            }
            sets += undivided.count
            if groups.count < problem.ops.count { glued += 1 }
        }
        #expect(sets > 600)
        #expect(glued > 80)
    }

    @Test("Groups of one op each are no groups at all")
    func singletons() throws {
        var general = ProblemGenerator(seed: 63)
        for _ in 0..<50 {
            let problem = try general.next()
            let groups = problem.ops.indices.map { OpSet([$0]) }
            #expect(enumerate(problem, groups) == enumerate(problem, nil))
        }
    }

    /// All sets that the enumeration visits, with the problem's own numbers.
    private func enumerate(_ problem: Problem, _ groups: [OpSet]?) -> [OpSet] {
        var connected = ConnectedSets(problem, reductionCap: .native, groups: groups)
        let numbers = connected.opOfNumber
        var found: [OpSet] = []
        for root in 0..<connected.count {
            let ended = connected.enumerate(root: root) { set, canFit in
                if canFit { found.append(OpSet(set.members.map { numbers[$0].index })) }
            }
            #expect(ended)
        }
        return found
    }

    /// Sets of ops that fit in fast memory at some granularity, with nothing retained.
    private func steps(_ problem: Problem) -> [OpSet] {
        let analyzer = StepAnalyzer(problem)
        let optimizer = GranularityOptimizer(problem)
        return (1..<1 << problem.ops.count).map { bits in
            OpSet(problem.ops.indices.filter { bits & 1 << $0 != 0 })
        }.filter { set in
            let ops = analyzer.ordered(set.members.map { OpID($0) })
            guard let structure = try? analyzer.analyze(ops: ops, retained: []) else { return false }
            return optimizer.best(for: StepCost(structure, problem: problem), resident: []) != nil
        }
    }

    /// A partition into connected sets.
    private func randomGroups(_ problem: Problem, using random: inout RandomSource) -> [OpSet] {
        var groups = problem.ops.indices.map { OpSet([$0]) }
        for _ in 0..<Int.random(in: 0...problem.ops.count / 2, using: &random) {
            let first = groups.remove(at: Int.random(in: 0..<groups.count, using: &random))
            if let other = groups.indices.filter({ isConnected(groups[$0].union(first), problem) })
                .randomElement(using: &random)
            {
                groups[other] = groups[other].union(first)
            } else {
                groups.append(first)
            }
        }
        return groups
    }

    private func isConnected(_ set: OpSet, _ problem: Problem) -> Bool {
        var open = set.members
        guard let first = open.popLast() else { return false }
        func touched(_ op: Int) -> [TensorID] { problem.ops[op].inputs + problem.ops[op].outputs }
        var reached = Set(touched(first))
        while let index = open.firstIndex(where: { touched($0).contains(where: reached.contains) }) {
            reached.formUnion(touched(open.remove(at: index)))
        }
        return open.isEmpty
    }
}
