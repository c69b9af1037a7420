// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INames, Name} from "./interfaces/INames.sol";
import {IParameters, Rules} from "./interfaces/IParameters.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title Names for people to read, each backed by a deposit that an upheld report of impersonation consumes.
contract Names is INames {
    using SafeERC20 for IERC20;

    struct Reservation {
        address heldFor;
        uint64 until;
    }

    uint256 private constant MIN_LENGTH = 3;
    uint256 private constant MAX_LENGTH = 32;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    IModelRegistry public immutable models;
    address private immutable _deployer;
    uint256 private immutable _revealMinBlocks;
    uint256 private immutable _revealMaxBlocks;
    uint64 private immutable _reservation;

    /// @inheritdoc INames
    address public court;
    /// @inheritdoc INames
    uint256 public accounted;
    mapping(address sender => mapping(bytes32 commitment => uint256)) private _committedAt; // block
    mapping(bytes32 nameId => Name) private _names;
    mapping(bytes32 nameId => Reservation) private _reservations;

    modifier onlyCourt() {
        if (msg.sender != court) revert Names_NotCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters_, IModelRegistry models_) {
        Rules memory rules = parameters_.rules();
        parameters = parameters_;
        models = models_;
        token = IERC20(parameters_.token());
        _deployer = msg.sender;
        _revealMinBlocks = rules.revealMinBlocks;
        _revealMaxBlocks = rules.revealMaxBlocks;
        _reservation = rules.freezePeriod;
    }

    /// @inheritdoc INames
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert Names_NotCourt(msg.sender);
        if (court != address(0)) revert Names_CourtAlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc INames
    function commit(bytes32 commitment) external {
        // Kept per sender: somebody who copies a commitment from the mempool gains and spoils nothing.
        if (_committedAt[msg.sender][commitment] != 0) revert Names_AlreadyCommitted(commitment);
        _committedAt[msg.sender][commitment] = block.number;
        emit NameCommitted(commitment, msg.sender);
    }

    /// @inheritdoc INames
    function register(
        string calldata name,
        uint256 modelId,
        bytes32 salt,
        uint256 maxDeposit
    ) external returns (bytes32 nameId) {
        _useCommitment(keccak256(abi.encode(block.chainid, address(this), msg.sender, name, salt)));
        if (!_isWellFormed(bytes(name))) revert Names_InvalidName(name);
        nameId = keccak256(bytes(name));
        _checkFree(nameId);
        _checkModel(modelId);
        uint64 deposit = parameters.nameDeposit();
        if (deposit > maxDeposit) revert Names_DepositAboveGuard(deposit, maxDeposit);
        _names[nameId] = Name({holder: msg.sender, deposit: deposit, reports: 0, modelId: modelId, text: name});
        accounted += deposit;
        emit NameRegistered(nameId, name, msg.sender, modelId, deposit);
        ExactTransfer.pull(token, msg.sender, deposit);
    }

    /// @inheritdoc INames
    function point(bytes32 nameId, uint256 modelId) external {
        Name storage name = _mine(nameId);
        _checkModel(modelId);
        name.modelId = modelId;
        emit NamePointed(nameId, modelId);
    }

    /// @inheritdoc INames
    function transfer(bytes32 nameId, address to) external {
        Name storage name = _mine(nameId);
        if (to == address(0)) revert Names_InvalidHolder(to);
        if (name.reports != 0) revert Names_Reported(nameId, name.reports);
        name.holder = to;
        name.modelId = 0;
        emit NameTransferred(nameId, msg.sender, to);
    }

    /// @inheritdoc INames
    function giveUp(bytes32 nameId) external {
        Name storage name = _mine(nameId);
        if (name.reports != 0) revert Names_Reported(nameId, name.reports);
        uint256 deposit = _vacate(name);
        emit NameGivenUp(nameId, msg.sender, deposit);
        token.safeTransfer(msg.sender, deposit);
    }

    /// @inheritdoc INames
    function hold(bytes32 nameId) external onlyCourt {
        _names[nameId].reports += 1;
    }

    /// @inheritdoc INames
    function unhold(bytes32 nameId) external onlyCourt {
        _names[nameId].reports -= 1;
    }

    /// @inheritdoc INames
    function free(bytes32 nameId, address reservedFor) external onlyCourt returns (uint256 deposit) {
        Name storage name = _names[nameId];
        name.reports -= 1;
        address holder = name.holder;
        if (holder == address(0)) return 0;
        deposit = _vacate(name);
        uint64 until = uint64(block.timestamp) + _reservation;
        _reservations[nameId] = Reservation({heldFor: reservedFor, until: until});
        emit NameFreed(nameId, holder, deposit, reservedFor, until);
        token.safeTransfer(msg.sender, deposit);
    }

    /// @inheritdoc INames
    function nameIdOf(string calldata name) external pure returns (bytes32) {
        if (!_isWellFormed(bytes(name))) revert Names_InvalidName(name);
        return keccak256(bytes(name));
    }

    /// @inheritdoc INames
    function nameOf(bytes32 nameId) external view returns (Name memory) {
        return _names[nameId];
    }

    /// @inheritdoc INames
    function resolve(bytes32 nameId) external view returns (address holder, uint256 modelId) {
        Name storage name = _names[nameId];
        (holder, modelId) = (name.holder, name.modelId);
        if (modelId != 0 && IERC721(address(models)).ownerOf(modelId) != holder) modelId = 0;
    }

    /// @dev A commitment works once, 1 to 300 blocks later.
    function _useCommitment(bytes32 commitment) private {
        uint256 committedAt = _committedAt[msg.sender][commitment];
        if (committedAt == 0) revert Names_UnknownCommitment(commitment);
        if (block.number < committedAt + _revealMinBlocks) revert Names_TooEarly(committedAt + _revealMinBlocks);
        if (block.number > committedAt + _revealMaxBlocks)
            revert Names_CommitmentExpired(committedAt + _revealMaxBlocks);
        delete _committedAt[msg.sender][commitment];
    }

    /// @dev Leaves the count of reports, so that nobody registers a name while an older report on it can still end.
    function _vacate(Name storage name) private returns (uint256 deposit) {
        deposit = name.deposit;
        accounted -= deposit;
        name.holder = address(0);
        name.deposit = 0;
        name.modelId = 0;
        name.text = "";
    }

    function _mine(bytes32 nameId) private view returns (Name storage name) {
        name = _names[nameId];
        if (name.holder != msg.sender) revert Names_NotHolder(nameId, msg.sender);
    }

    function _checkFree(bytes32 nameId) private view {
        Name storage name = _names[nameId];
        if (name.holder != address(0)) revert Names_Taken(nameId, name.holder);
        if (name.reports != 0) revert Names_Reported(nameId, name.reports);
        Reservation storage reserved = _reservations[nameId];
        if (block.timestamp <= reserved.until && msg.sender != reserved.heldFor) {
            revert Names_Reserved(nameId, reserved.heldFor, reserved.until);
        }
    }

    function _checkModel(uint256 modelId) private view {
        if (modelId == 0) return;
        bool exists = modelId <= models.modelCount();
        if (!exists || IERC721(address(models)).ownerOf(modelId) != msg.sender)
            revert Names_NotModelOwner(modelId, msg.sender);
    }

    /// @dev 3 to 32 of a-z, 0-9 and hyphens that stand alone and inside.
    function _isWellFormed(bytes calldata name) private pure returns (bool) {
        if (name.length < MIN_LENGTH || name.length > MAX_LENGTH) return false;
        bool hyphen = true; // as if one stood before the first character
        for (uint256 i = 0; i < name.length; ++i) {
            bytes1 c = name[i];
            bool letter = (c >= "a" && c <= "z") || (c >= "0" && c <= "9");
            if (!letter && (c != "-" || hyphen)) return false;
            hyphen = !letter;
        }
        return !hyphen;
    }
}
