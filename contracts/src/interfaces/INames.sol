// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

struct Name {
    address holder; // 0: free
    uint64 deposit;
    uint32 reports; // open ones: while there are any it stays where it is
    uint256 modelId; // that it points to; 0: only to its holder
    string text;
}

/// @notice Names for people to read, each backed by a deposit. A name is 3 to 32 characters of a-z, 0-9 and single
/// hyphens inside,
/// so that no two of them look alike; `nameId = keccak256(bytes(name))`. Impersonation is reported to the LeakCourt.
interface INames {
    event NameCommitted(bytes32 indexed commitment, address indexed by);
    event NameRegistered(bytes32 indexed nameId, string name, address indexed holder, uint256 modelId, uint256 deposit);
    event NamePointed(bytes32 indexed nameId, uint256 modelId);
    event NameTransferred(bytes32 indexed nameId, address indexed from, address indexed to);
    event NameGivenUp(bytes32 indexed nameId, address indexed holder, uint256 deposit);
    /// @notice A verdict freed the name; until `reservedUntil` only `reservedFor` may register it.
    event NameFreed(
        bytes32 indexed nameId,
        address indexed holder,
        uint256 deposit,
        address reservedFor,
        uint64 reservedUntil
    );

    error Names_InvalidName(string name);
    error Names_Taken(bytes32 nameId, address holder);
    error Names_Reserved(bytes32 nameId, address reservedFor, uint64 reservedUntil);
    error Names_AlreadyCommitted(bytes32 commitment);
    error Names_UnknownCommitment(bytes32 commitment);
    error Names_TooEarly(uint256 block_);
    error Names_CommitmentExpired(uint256 block_);
    error Names_DepositAboveGuard(uint256 deposit, uint256 maxDeposit);
    error Names_NotHolder(bytes32 nameId, address caller);
    error Names_NotModelOwner(uint256 modelId, address caller);
    error Names_Reported(bytes32 nameId, uint256 reports);
    error Names_InvalidHolder(address holder);
    error Names_NotCourt(address caller);
    error Names_CourtAlreadyBound(address court);

    /// @notice Commits to a name before it is shown, so that nobody snatches it from the mempool:
    /// `commitment = keccak256(abi.encode(block.chainid, names, sender, name, salt))`.
    function commit(bytes32 commitment) external;
    /// @notice Registers a committed name for the caller, who pays the deposit (needs an allowance).
    /// `modelId` 0, or a model that the caller owns; `maxDeposit` guards against a change of rates.
    function register(
        string calldata name,
        uint256 modelId,
        bytes32 salt,
        uint256 maxDeposit
    ) external returns (bytes32 nameId);
    /// @notice Points a name of the caller to a model of the caller, or with 0 to nothing.
    function point(bytes32 nameId, uint256 modelId) external;
    /// @notice Gives a name, with its deposit, to somebody else; it then points to no model.
    function transfer(bytes32 nameId, address to) external;
    /// @notice Gives a name up; the deposit goes back to its holder.
    function giveUp(bytes32 nameId) external;

    /// @notice LeakCourt only: a report on the name is open, or closed without effect.
    function hold(bytes32 nameId) external;
    function unhold(bytes32 nameId) external;
    /// @notice LeakCourt only: ends a report by freeing the name, pays its deposit to the court and keeps the name for
    /// `reservedFor` a while.
    /// Where another report freed it before, nothing is left and 0 is returned.
    function free(bytes32 nameId, address reservedFor) external returns (uint256 deposit);

    /// @notice Names the LeakCourt, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);

    function nameIdOf(string calldata name) external pure returns (bytes32);
    function nameOf(bytes32 nameId) external view returns (Name memory);
    /// @notice The holder, and the model as long as the holder owns it, else 0.
    function resolve(bytes32 nameId) external view returns (address holder, uint256 modelId);
    /// @notice The sum of all deposits.
    function accounted() external view returns (uint256);
}
