// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILeakCourt, Juror, Report} from "../interfaces/ILeakCourt.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IVerifierRegistry} from "../interfaces/IVerifierRegistry.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";

/// @title The part of the leak court that keeps money: juror deposits, and credits that anybody may have paid out.
abstract contract Jurors is ILeakCourt {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    IVerifierRegistry public immutable verifiers;

    /// @inheritdoc ILeakCourt
    uint256 public accounted;
    /// @inheritdoc ILeakCourt
    mapping(address payee => uint256) public owed;
    mapping(address juror => Juror) private _jurors;

    constructor(IParameters parameters, IVerifierRegistry verifiers_) {
        token = IERC20(parameters.token());
        verifiers = verifiers_;
    }

    /// @inheritdoc ILeakCourt
    function enrol(uint256 amount) external {
        Juror storage mine = _jurors[msg.sender];
        mine.deposit += SafeCast.toUint128(amount);
        mine.enrolledBlock = uint64(block.number);
        emit JurorEnrolled(msg.sender, amount, mine.deposit);
        _receive(amount);
    }

    /// @inheritdoc ILeakCourt
    function resign(uint256 amount) external {
        Juror storage mine = _jurors[msg.sender];
        uint256 free = mine.deposit - mine.locked;
        if (amount > free) revert LeakCourt_InsufficientDeposit(msg.sender, free, amount);
        mine.deposit -= uint128(amount); // at most what is free
        accounted -= amount;
        emit JurorResigned(msg.sender, amount, mine.deposit);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ILeakCourt
    function withdraw(address payee) external returns (uint256 amount) {
        amount = owed[payee];
        if (amount == 0) revert LeakCourt_NothingOwed(payee);
        owed[payee] = 0;
        accounted -= amount;
        emit Withdrawn(payee, amount);
        token.safeTransfer(payee, amount);
    }

    /// @inheritdoc ILeakCourt
    function juror(address who) external view returns (Juror memory) {
        return _jurors[who];
    }

    /// @dev Staked (an empty seat is not), with enough free, and enrolled before the report: else whoever sees the
    /// beacon could enrol what it draws.
    function _maySit(Report storage report_, address who) internal view returns (bool) {
        Juror storage it = _jurors[who];
        return
            it.enrolledBlock < report_.filedBlock &&
            it.deposit - it.locked >= report_.jurorDeposit &&
            who != report_.reporter &&
            who != report_.accused &&
            verifiers.isStaked(who);
    }

    function _lock(Report storage report_, address who) internal {
        _jurors[who].locked += report_.jurorDeposit;
    }

    /// @dev Frees what a juror has at stake in a report, less a penalty.
    function _unlock(Report storage report_, address who, uint256 penalty) internal {
        Juror storage it = _jurors[who];
        it.locked -= report_.jurorDeposit;
        it.deposit -= uint128(penalty);
    }

    /// @dev Owes what this contract keeps already.
    function _credit(address payee, uint256 amount) internal {
        if (amount != 0) owed[payee] += amount;
    }

    /// @dev From the caller; the last step of whatever calls it.
    function _receive(uint256 amount) internal {
        accounted += amount;
        ExactTransfer.pull(token, msg.sender, amount);
    }
}
