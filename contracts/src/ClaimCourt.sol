// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {DisguisedUses} from "./DisguisedUses.sol";
import {Balances} from "./court/Balances.sol";
import {ClaimBook} from "./court/ClaimBook.sol";
import {ReceiptChecks} from "./court/ReceiptChecks.sol";
import {SlashPots} from "./court/SlashPots.sol";
import {UnpaidUses} from "./court/UnpaidUses.sol";
import {Claim, Proof, Receipt} from "./interfaces/Claims.sol";
import {Account} from "./interfaces/IHostAccounts.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IUnpaidUses} from "./interfaces/IUnpaidUses.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title Decides both objective offences without a vote (protocol §5). What it consists of lies in `court/`: which
/// receipts count, balances, pots, the book of claims, how claims end, and unpaid uses; and, run on the storage of this
/// contract, the code of `DisguisedUses`. Its interface is IClaimCourt.
contract ClaimCourt is UnpaidUses {
    using SafeERC20 for IERC20;

    /// @notice The code for offence 2, fixed for good.
    address public immutable disguisedUses;

    constructor(
        IParameters parameters_,
        DisguisedUses disguisedUses_
    )
        ReceiptChecks(parameters_.rules(), disguisedUses_.licenses())
        Balances(parameters_.token())
        SlashPots(parameters_.rules().slashCooldown)
        ClaimBook(
            parameters_,
            disguisedUses_.terms(),
            disguisedUses_.models(),
            disguisedUses_.verifiers(),
            parameters_.rules().answerWindow
        )
    {
        disguisedUses = address(disguisedUses_);
        _currentRates();
    }

    /// @dev Everything about offence 2. The storage of both contracts is laid out alike: this one adds none to what
    /// they share.
    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        address code = disguisedUses;
        // Passes on whatever the other code returns or reverts with.
        // solhint-disable-next-line no-inline-assembly
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), code, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch done
            case 0 {
                revert(0, returndatasize())
            }
            default {
                return(0, returndatasize())
            }
        }
    }

    /// @inheritdoc IUnpaidUses
    function anchor(bytes32 root) external {
        if (_anchoredAt[root] != 0) revert ClaimCourt_AlreadyAnchored(root);
        _anchoredAt[root] = uint40(block.timestamp);
        emit ReceiptsAnchored(root, msg.sender);
    }

    /// @inheritdoc IUnpaidUses
    function commitClaim(bytes32 commitment) external {
        // Kept per sender: somebody who copies a commitment from the mempool gains and spoils nothing.
        if (_committedAt[msg.sender][commitment] != 0) revert ClaimCourt_AlreadyCommitted(commitment);
        _committedAt[msg.sender][commitment] = block.number;
        emit ClaimCommitted(commitment, msg.sender);
    }

    /// @inheritdoc IUnpaidUses
    function deposit(address claimant, uint256 amount) external {
        uint256 balance = _balances[claimant] += amount;
        emit Deposited(claimant, msg.sender, amount, balance);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IUnpaidUses
    function withdraw(uint256 amount, address to) external {
        uint256 balance = _debit(msg.sender, amount);
        emit Withdrawn(msg.sender, to, amount, balance);
        // Interaction
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IUnpaidUses
    function pay(address payee) external returns (uint256 amount) {
        amount = _owed[payee];
        if (amount == 0) revert ClaimCourt_NothingOwed(payee);
        _owed[payee] = 0;
        // Interaction
        token.safeTransfer(payee, amount);
    }

    /// @inheritdoc IUnpaidUses
    function balanceOf(address claimant) external view returns (uint256) {
        return _balances[claimant];
    }

    /// @inheritdoc IUnpaidUses
    function owed(address payee) external view returns (uint256) {
        return _owed[payee];
    }

    /// @inheritdoc IUnpaidUses
    function claim(bytes32 claimId) external view returns (Claim memory) {
        Record storage stored = _records[claimId];
        return
            Claim({
                state: stored.state,
                offence: stored.offence,
                answerBy: stored.answerBy,
                reach: stored.reach,
                bond: _rates[stored.ratesId].bond,
                opensPot: stored.opensPot
            });
    }

    /// @inheritdoc IUnpaidUses
    function proof(bytes32 claimId) external view returns (Proof memory) {
        return _proofs[claimId];
    }

    /// @inheritdoc IUnpaidUses
    function potOf(
        address account
    ) external view returns (uint256 amount, uint256 open, bool firstIsOpen, uint256 slashed, uint256 cooldownEndsAt) {
        Account memory stored = licenses.accountOf(account);
        return (
            stored.contested,
            stored.claims / 2,
            stored.claims % 2 == 1,
            _slashedLately(account),
            _slashed[account].cooldownEndsAt
        );
    }

    /// @inheritdoc IUnpaidUses
    function anchoredAt(bytes32 root) external view returns (uint40) {
        return _anchoredAt[root];
    }

    /// @inheritdoc IUnpaidUses
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32) {
        return _digest(receipt);
    }
}
