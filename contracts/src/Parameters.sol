// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimRates, IParameters, Rates, Rules, Values} from "./interfaces/IParameters.sol";

/// @notice The part of OpenZeppelin's TimelockController that is asked about.
interface IDelay {
    function getMinDelay() external view returns (uint256);
}

/// @title The parameters of one deployment. The dev chain may use seconds; every other chain keeps the protocol's
/// durations.
contract Parameters is IParameters {
    uint256 private constant DEV_CHAIN = 31337;
    uint256 private constant MAX_DEPOSIT = 1e10; // 10,000 dollars: nobody can be priced out of accusing or taking part
    uint256 private constant MAX_BOND = 1e12; // a million dollars

    /// @inheritdoc IParameters
    address public immutable token;
    /// @inheritdoc IParameters
    address public immutable timelock;
    bool private immutable _dev;

    Rules private _rules;
    Rates private _rates;
    ClaimRates private _newest;
    ClaimRates[] private _claimRates; // the newest, too

    constructor(Rules memory rules_, Rates memory rates_, address token_, address timelock_) {
        _bound("token", uint160(token_), 1, type(uint160).max);
        _bound("timelock", uint160(timelock_), 1, type(uint160).max);
        bool dev = block.chainid == DEV_CHAIN;
        _boundClaims(rules_, dev);
        _boundReports(rules_, dev);
        _boundBlocks(rules_, dev);
        _boundRates(rates_);
        _boundDelay(timelock_, dev);
        token = token_;
        timelock = timelock_;
        _dev = dev;
        _rules = rules_;
        _setRates(rates_);
    }

    /// @inheritdoc IParameters
    function setRates(Rates calldata rates_) external {
        if (msg.sender != timelock) revert Parameters_NotTimelock(msg.sender);
        // The timelock may shorten its own delay; below the least it has no say here any more.
        _boundDelay(timelock, _dev);
        _boundRates(rates_);
        _setRates(rates_);
    }

    /// @inheritdoc IParameters
    function values() external view returns (Values memory) {
        return Values({rules: _rules, rates: _rates});
    }

    /// @inheritdoc IParameters
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc IParameters
    function rates() external view returns (Rates memory) {
        return _rates;
    }

    /// @inheritdoc IParameters
    function fees() external view returns (uint16, uint16, address) {
        return (_rates.protocolFeeBps, _rates.poolBps, _rates.treasury);
    }

    /// @inheritdoc IParameters
    function maxSlashBps() external view returns (uint16) {
        return _rates.maxSlashBps;
    }

    /// @inheritdoc IParameters
    function claimRates() external view returns (ClaimRates memory) {
        return _newest;
    }

    /// @inheritdoc IParameters
    function claimRatesOf(uint32 number) external view returns (ClaimRates memory) {
        return _claimRates[number];
    }

    /// @inheritdoc IParameters
    function minAccountBond() external view returns (uint64) {
        return _rates.minAccountBond;
    }

    /// @inheritdoc IParameters
    function verifierRates() external view returns (uint64, uint64, uint64) {
        return (_rates.minStake, _rates.batchDeposit, _rates.poolCap);
    }

    /// @inheritdoc IParameters
    function reportRates() external view returns (uint64, uint64) {
        return (_rates.reportBond, _rates.costCap);
    }

    /// @inheritdoc IParameters
    function nameDeposit() external view returns (uint64) {
        return _rates.nameDeposit;
    }

    /// @inheritdoc IParameters
    function codeBookFee() external view returns (uint64) {
        return _rates.codeBookFee;
    }

    /// @inheritdoc IParameters
    function minTitleBond() external view returns (uint64) {
        return _rates.minTitleBond;
    }

    function _boundClaims(Rules memory r, bool dev) private pure {
        _bound("anchorWindow", r.anchorWindow, dev ? 1 : 1 hours, dev ? 1 days : 1 hours);
        _bound("revocationDelay", r.revocationDelay, dev ? 1 : 1 hours, dev ? 1 days : 1 hours);
        _bound("claimMinAge", r.claimMinAge, dev ? 1 : 25 hours, 48 hours);
        _bound("claimMaxAge", r.claimMaxAge, dev ? r.claimMinAge + 1 : 14 days, 14 days);
        _bound("answerWindow", r.answerWindow, dev ? 1 : 72 hours, 7 days);
        _bound("proveWindow", r.proveWindow, dev ? 1 : 7 days, 7 days);
        _bound("potWindow", r.potWindow, dev ? 1 : 7 days, 30 days);
        _bound("repeatWindow", r.repeatWindow, dev ? 1 : 90 days, 365 days);
        _bound("batchOpenWindow", r.batchOpenWindow, dev ? 1 : 7 days, 30 days);
        _bound("unstakeDelay", r.unstakeDelay, dev ? 1 : 7 days, 60 days);
        // x402 allows no less, no more
        _bound("minWithdrawDelay", r.minWithdrawDelay, dev ? 15 minutes : 48 hours, 30 days);
        _bound("minGrace", r.minGrace, dev ? 1 : 7 days, 90 days);
        _bound("anchorLead", r.anchorLead, dev ? 1 : 1 minutes, 2 minutes);
        _bound("startSlack", r.startSlack, dev ? 1 : 1 hours, 1 hours);
        _bound("inactiveGrace", r.inactiveGrace, dev ? 1 : 24 hours, 24 hours);
        _bound("exitWindow", r.exitWindow, dev ? 1 : 1 days, 7 days);
        // The longest way to a reservation: an old receipt, then items proven up to the last moment, then the answer.
        // On the dev chain
        // receipts may be claimed for days while bonds leave in minutes, so there the way is counted from the youngest
        // claimable receipt.
        uint256 oldest = dev ? r.claimMinAge : r.claimMaxAge;
        _bound("exitDelay", r.exitDelay, oldest + 2 * uint256(r.answerWindow), 90 days);
        if (!dev) _bound("exitDelay", r.exitDelay, 21 days, 90 days);
    }

    function _boundReports(Rules memory r, bool dev) private pure {
        _bound("voteWindow", r.voteWindow, dev ? 1 : 2 days, 7 days);
        _bound("revealWindow", r.revealWindow, dev ? 1 : 1 days, 4 days);
        _bound("appealWindow", r.appealWindow, dev ? 1 : 3 days, 14 days);
        _bound("rulingWindow", r.rulingWindow, dev ? 1 : 30 days, 365 days);
        _bound("freezePeriod", r.freezePeriod, dev ? 1 : 14 days, 14 days);
        // A report that is filed before a licensee asks to leave gets its verdict before the leak bond is gone, though
        // its committee is drawn three times.
        uint256 hearing = 3 * (uint256(r.voteWindow) + r.revealWindow);
        _bound("exitDelay", r.exitDelay, hearing + (dev ? 1 : 1 days), 90 days);
        _bound("committeeSize", r.committeeSize, dev ? 1 : 5, 15);
        _bound("leastJurors", r.leastJurors, dev ? 1 : 3, r.committeeSize);
    }

    function _boundBlocks(Rules memory r, bool dev) private pure {
        _bound("revealMinBlocks", r.revealMinBlocks, 1, 300);
        _bound("revealMaxBlocks", r.revealMaxBlocks, r.revealMinBlocks, 300);
        _bound("evidenceThreshold", r.evidenceThreshold, dev ? 1 : 32, 64);
    }

    function _boundRates(Rates memory r) private pure {
        _bound("treasury", uint160(r.treasury), 1, type(uint160).max);
        _bound("protocolFeeBps", r.protocolFeeBps, 0, 1000);
        _bound("poolBps", r.poolBps, 0, 1000);
        _bound("maxSlashBps", r.maxSlashBps, 1, 10_000);
        _bound("claimBond", r.claimBond, 1, MAX_DEPOSIT);
        _bound("claimCost", r.claimCost, 0, r.claimBond); // the bond lies above the cost of an answer
        _bound("lateFactor", r.lateFactor, 1, 1000);
        _bound("claimantShareBps", r.claimantShareBps, 0, 4000);
        _bound("ownerShareBps", r.ownerShareBps, 0, 4000 - r.claimantShareBps); // 60 % or more is burned
        _bound("minAccountBond", r.minAccountBond, 1, MAX_BOND);
        _bound("minStake", r.minStake, 1, MAX_BOND);
        _bound("batchDeposit", r.batchDeposit, 1, MAX_DEPOSIT);
        _bound("poolCap", r.poolCap, 0, MAX_DEPOSIT);
        _bound("reportBond", r.reportBond, 1, MAX_DEPOSIT);
        _bound("jurorFee", r.jurorFee, 0, r.reportBond);
        _bound("costCap", r.costCap, 0, MAX_DEPOSIT);
        _bound("nameDeposit", r.nameDeposit, 1, MAX_DEPOSIT);
        _bound("minTitleBond", r.minTitleBond, 1, MAX_BOND);
        _bound("jurorPenaltyBps", r.jurorPenaltyBps, 1, 10_000);
        _bound("codeBookFee", r.codeBookFee, 1, MAX_DEPOSIT); // every commitment raises what a claim needs
    }

    function _setRates(Rates memory r) private {
        _rates = r;
        _newest = ClaimRates({
            bond: r.claimBond,
            cost: r.claimCost,
            lateFactor: r.lateFactor,
            claimantShareBps: r.claimantShareBps,
            ownerShareBps: r.ownerShareBps,
            number: uint32(_claimRates.length)
        });
        _claimRates.push(_newest);
        emit RatesChanged(r);
    }

    function _boundDelay(address timelock_, bool dev) private view {
        _bound("timelockDelay", IDelay(timelock_).getMinDelay(), dev ? 1 : 2 days, 30 days);
    }

    function _bound(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert Parameters_OutOfBounds(name, value, min, max);
    }
}
