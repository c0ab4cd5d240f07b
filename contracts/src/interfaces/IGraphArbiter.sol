// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbiter} from "./IArbiter.sol";
import {IDisputeErrors} from "./IDisputeErrors.sol";
import {IGraphProofs} from "./IGraphProofs.sol";
import {IProviderRegistry} from "./IProviderRegistry.sol";
import {IStages} from "./IStages.sol";
import {
    Exhibit,
    FoldClaim,
    Game,
    LeafProof,
    ModelOpening,
    PartProof,
    Phase,
    ResponseProof,
    Stage
} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";

/// @title The judge of exact graphs (specs/dispute.md)
/// @notice Who holds a receipt and knows its answer to be wrong makes the seller commit to its whole computation, follows it down to one
/// element that does not follow from what stands before it, and shows that element to this contract, which computes it. Nobody votes,
/// there is no tolerance, and while everybody is honest nothing comes here.
///
/// Every move brings the game as the last event shows it, and returns it as it then is. A move that is not right reverts, as if it had not been
/// made: so a seller loses by silence or by arithmetic, never by a slip.
interface IGraphArbiter is IArbiter, IDisputeErrors {
    /// @notice What convicted a seller.
    enum Ground {
        Silence,
        Count,
        Header,
        Element,
        Chunk,
        Response,
        Weights,
        Malformed,
        Step
    }

    /// @notice A game began. The seller's clock runs.
    event Challenged(
        uint256 indexed game,
        bytes32 indexed receiptDigest,
        address indexed provider,
        Game state,
        Receipt receipt,
        bytes signature
    );
    /// @notice The game is about a stage of the answer: as it begins or, with `Entered`, from now on. @param place Which one, as its task counts them.
    event Staged(uint256 indexed game, uint256 place, Stage stage);
    /// @notice The challenger named a run of a graph among the steps. The seller commits to the run's own trace.
    event Entered(uint256 indexed game, Game state);
    /// @notice The seller committed to a trace (`commit`), or showed a row beneath a node (`expand`). @param nodes The row; nodes beyond the last
    /// entry or leaf are left out.
    event RowPosted(uint256 indexed game, Game state, bytes32[] nodes);
    /// @notice The challenger picked a node of the row last posted.
    event Descended(uint256 indexed game, Game state);
    /// @notice The seller opened an entry; either a row of its data's tree or all of its data follows in the same transaction.
    event Opened(uint256 indexed game, Game state, bytes header, bytes32 dataRoot);
    /// @notice The seller showed data. @param data From the first byte of the node's first leaf to the last byte of its last, or of the tensor.
    event LeavesPosted(uint256 indexed game, Game state, bytes data);
    /// @notice The challenger named an element. @param folds Its folds with several chunks, in the formula's order; nothing is said of them yet.
    event Disputed(uint256 indexed game, Game state, FoldClaim[] folds);
    /// @notice The seller said what states the folds go through. @param states 16 bytes each, big-endian two's complement: after each part of the
    /// first fold, then of the next.
    event Folded(uint256 indexed game, Game state, FoldClaim[] folds, bytes states);
    /// @notice The challenger picked a part. @param folds One claim: that part.
    event Narrowed(uint256 indexed game, Game state, FoldClaim[] folds);
    /// @notice The seller lost. A verdict without a game has number 0.
    /// @param taken Wei of stake that came here. @param burned Wei of stake that the registry burned beside it. Both are 0 if the receipt had cost its
    /// cap already, or no stake was left.
    event Convicted(
        uint256 indexed game,
        bytes32 indexed receiptDigest,
        address indexed challenger,
        Ground ground,
        uint256 taken,
        uint256 burned
    );
    /// @notice The challenger lost.
    event Dismissed(uint256 indexed game, bytes32 indexed subject, address indexed challenger);
    /// @notice An account could not be paid: it may withdraw.
    event Credited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);

    error ZeroAddress();
    error ZeroAmount();
    error BurnOutOfRange(uint32 burnPpm, uint32 maxPpm);
    /// @notice The offer names another arbiter, or a profile of which answers are judged otherwise or not at all.
    error NotJudgedHere(bytes32 offerId);
    error WindowClosed(uint256 until);
    /// @notice The game is about another receipt, or another stage.
    error WrongSubject(bytes32 given, bytes32 expected);
    /// @notice What was brought is not this game's state: another move was made since, or it is over.
    error WrongState(uint256 game);
    error TimeIsUp(uint256 deadline);
    error TimeIsNotUp(uint256 deadline);
    error NotSeller(address sender, address provider);
    error NotChallenger(address sender, address challenger);
    error NoEntries();
    /// @notice The header is not of the entry's name.
    error WrongName();
    error NoSuchNode(uint256 index);
    /// @notice The part has one chunk: nothing can be narrowed, it can be proved at once.
    error PartIsOneChunk();
    /// @notice The last state of a run that was narrowed must stay what it was.
    error LastStateChanged(int128 given, int128 expected);
    /// @notice The game is about a graph.
    error NoSteps();

    /// @notice Opens a game about an answer of a single graph. Takes the bond, `bondFor` the receipt, from the sender, who must have approved it: what is
    /// approved is the most it posts if others challenge first. Reverts unless the offer names this arbiter and `PROFILE`, the window is open, the seller
    /// signed the receipt, and the receipt can still cost it something.
    function challenge(Receipt calldata receipt, bytes calldata signature)
        external
        returns (uint256 game, Game memory state);

    /// @notice Opens a game about one stage of an answer of a composed task (specs/dispute.md, "Stages"); otherwise as `challenge`. Proofs then bring
    /// abi.encode(Stage) behind the signature.
    /// @param place Which stage, as the task counts them. @param opening What the task needs to derive it from the receipt (ITaskStages).
    function challengeStage(Receipt calldata receipt, bytes calldata signature, uint256 place, bytes calldata opening)
        external
        returns (uint256 game, Game memory state);

    /// @notice Seller: commits to the trace.
    /// @param entries How many entries it has. @param nodes The first row of its tree (specs/dispute.md, "Rows").
    function commit(uint256 game, Game calldata state, uint32 entries, bytes32[] calldata nodes)
        external
        returns (Game memory);

    /// @notice Challenger: picks a node of the row last posted.
    /// @param index Its number in its level, from the left of the whole tree. @param path Its siblings up to the node above the row.
    function descend(uint256 game, Game calldata state, uint64 index, bytes32 node, bytes32[] calldata path)
        external
        returns (Game memory);

    /// @notice Seller: shows the row beneath the node picked.
    function expand(uint256 game, Game calldata state, bytes32[] calldata nodes) external returns (Game memory);

    /// @notice Seller: opens the entry picked: its header, and the first row of its data's tree, or all data where the tree has no rows.
    function open(
        uint256 game,
        Game calldata state,
        bytes calldata header,
        bytes32[] calldata nodes,
        bytes calldata data
    ) external returns (Game memory);

    /// @notice Seller: shows the data beneath the node picked.
    function reveal(uint256 game, Game calldata state, bytes calldata data) external returns (Game memory);

    /// @notice Challenger: names an element of the data revealed, some of whose folds have several chunks.
    function dispute(uint256 game, Game calldata state, Exhibit calldata exhibit, uint64 element)
        external
        returns (Game memory);

    /// @notice Seller: says what states the folds go through (specs/dispute.md, "Parts").
    function fold(uint256 game, Game calldata state, FoldClaim[] calldata folds, bytes calldata states)
        external
        returns (Game memory);

    /// @notice Challenger: picks a part of several chunks.
    function narrow(uint256 game, Game calldata state, FoldClaim[] calldata folds, PartProof calldata part)
        external
        returns (Game memory);

    /// @notice Convicts: the trace has another number of entries than the graph has formulas.
    function proveCount(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model
    ) external;

    /// @notice Convicts: the entry that was opened has another type or shape than its formula gives.
    function proveHeader(uint256 game, Game calldata state, Exhibit calldata exhibit) external;

    /// @notice Convicts: an element of a leaf that was revealed is not what its formula gives.
    /// @param element In `PickPart` it must be the one disputed. @param leaf The leaf that holds it, up to the node revealed.
    /// @param folds In `PickPart`, what the seller said; else none.
    function proveElement(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        uint64 element,
        LeafProof calldata leaf,
        FoldClaim[] calldata folds
    ) external;

    /// @notice Convicts: a state that the seller posted does not follow from the one before it. The part must be one chunk.
    function proveChunk(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        FoldClaim[] calldata folds,
        PartProof calldata part
    ) external;

    /// @notice Convicts: a tensor of the response is not the entry that it should be.
    function proveResponse(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model,
        ResponseProof calldata proof
    ) external;

    /// @notice Challenger, in a game about steps: names a run of a graph as the trace claims it, about which the game goes on (specs/dispute.md, "Steps").
    /// @param place Which one, as its task counts them. @param opening What shows it.
    function enter(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        uint256 place,
        bytes calldata opening
    ) external returns (Game memory);

    /// @notice Convicts: what the seller committed to does not follow from the steps, or a graph's outputs are not what the steps were said to have got.
    /// @param proof What shows it, as the task has it.
    function proveStep(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external;

    /// @notice Convicts: the seller's clock has run out.
    function proveSilence(uint256 game, Game calldata state, Receipt calldata receipt, bytes calldata signature)
        external;

    /// @notice Convicts without a game: the receipt names other weights than the offer's model version has. The sender counts as challenger.
    function proveWeights(Receipt calldata receipt, bytes calldata signature) external;

    /// @notice Convicts without a game: the response is none that the task allows to this request, whatever the model computes. The sender counts as
    /// challenger. @param opening What the task needs to see it (ITaskStages).
    function proveMalformed(Receipt calldata receipt, bytes calldata signature, bytes calldata opening) external;

    /// @notice Ends a game whose challenger's clock has run out. By anyone.
    function dismiss(uint256 game, Game calldata state) external;

    /// @notice Pays `account` what it could not be paid when its game ended. By anyone.
    function withdraw(address account) external returns (uint256 amount);

    function providerRegistry() external view returns (IProviderRegistry);

    /// @notice What says whether a proof is one.
    function proofs() external view returns (IGraphProofs);

    /// @notice What answers of composed tasks consist of.
    function stages() external view returns (IStages);

    /// @notice The stake token, in which bonds and payouts are.
    function token() external view returns (address);

    /// @notice The profile of answers of a single graph: keccak256("stoa/exact/1/graph"). `judges` says which others there are.
    function PROFILE() external view returns (bytes32);

    /// @notice Wei that the first challenger of a receipt posts.
    function bond() external view returns (uint96);

    /// @notice Wei that the next challenger of a receipt posts: `bond` as often as the receipt will have been challenged then.
    function bondFor(bytes32 receiptDigest) external view returns (uint256);

    /// @notice Share of a lost bond that burns, parts per million.
    function bondBurnPpm() external view returns (uint32);

    /// @notice Seconds that each side has for all its moves of a game.
    function clock() external view returns (uint40);

    /// @notice Number of games so far; they are numbered from 1.
    function gameCount() external view returns (uint256);

    /// @notice keccak256(abi.encode(Game)) of a game that is on; else 0.
    function stateOf(uint256 game) external view returns (bytes32);

    /// @notice Wei that an account can withdraw.
    function balanceOf(address account) external view returns (uint256);
}
